//! Audience: the audiences of Azure's services, by the names that Az gives the services, in each cloud. For all front ends.
//!
//! In: names. Out: audiences, services and clouds. This folder asks nobody.

pub(crate) mod cloud;
pub(crate) mod table;
