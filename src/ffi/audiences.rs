//! The audiences that are known by name, for C.

use super::boundary::fallible;
use super::error_object::ErrorObject;
use super::table::{Column, TableObject};
use super::{handles, input};
use crate::audience::table::{Audience, audiences};
use crate::error::status::Status;

/// The audiences that are known by name (`ARC_TOKEN_OPTION_RESOURCE_TYPE_NAME`), service by service and cloud by cloud. Nobody is asked.
///
/// Each row of `*table_out` has `ARC_TOKEN_COLUMN_NAME`, the service; `ARC_TOKEN_COLUMN_ENVIRONMENT`, the cloud, with
/// `ARC_TOKEN_COLUMN_OTHER_NAMES`; and `ARC_TOKEN_COLUMN_AUDIENCE`. The first row's cloud is the default one. Any thread.
///
/// # Errors
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_audiences(table_out: *mut *mut TableObject, error_out: *mut *mut ErrorObject) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let table_out = input::output(table_out, "table_out")?;
            let row = |Audience { service, cloud, resource }: Audience| {
                vec![
                    (Column::Name, service.to_owned()),
                    (Column::Environment, cloud.name().to_owned()),
                    (Column::OtherNames, cloud.other_names().join(",")),
                    (Column::Audience, resource.to_owned()),
                ]
            };
            table_out.write(handles::hand_out(TableObject::new(audiences().map(row).collect())));
            Ok(Status::Ok)
        })
    }
}
