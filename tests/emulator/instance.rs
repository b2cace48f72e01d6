//! The documents of the endpoints without a challenge.

use serde_json::{Value, json};

use crate::cloud::name_in_metadata;
use crate::identity::{MACHINE, RESOURCE_GROUP, SUBSCRIPTION, machine_resource_id};

/// `/metadata/instance`. On an Arc machine, most fields of an Azure virtual machine are empty, and there is no tenant.
pub(crate) fn document(cloud: &str) -> Value {
    json!({
        "compute": compute(cloud),
        "network": { "interface": [ {
            "ipv4": {
                "ipAddress": [ { "privateIpAddress": "192.0.2.10", "publicIpAddress": "" } ],
                "subnet": [ { "address": "192.0.2.0", "prefix": "24" } ],
            },
            "ipv6": { "ipAddress": [] },
            "macAddress": "",
        } ] },
    })
}

pub(crate) fn compute(cloud: &str) -> Value {
    let os = if cfg!(windows) { "Windows" } else { "Linux" };
    json!({
        "azEnvironment": name_in_metadata(cloud),
        "customData": "",
        "location": "westeurope",
        "name": MACHINE,
        "offer": "",
        "osType": os,
        "placementGroupId": "",
        "plan": { "name": "", "product": "", "publisher": "" },
        "platformFaultDomain": "",
        "platformUpdateDomain": "",
        "provider": "Microsoft.HybridCompute",
        "publicKeys": [],
        "publisher": "",
        "resourceGroupName": RESOURCE_GROUP,
        "resourceId": machine_resource_id(),
        "sku": "",
        "storageProfile": {},
        "subscriptionId": SUBSCRIPTION,
        "tags": "Datacenter:Amsterdam;Environment:Test",
        "tagsList": [
            { "name": "Datacenter", "value": "Amsterdam" },
            { "name": "Environment", "value": "Test" },
        ],
        "version": "",
        "vmId": "0a11ce00-f00d-4000-8000-000000000007",
        "vmScaleSetName": "",
        "zone": "",
    })
}

/// `/agentstatus`. Of the real answer, only `status` is known. The other fields are inferred.
pub(crate) fn agent_status() -> Value {
    json!({ "status": "Connected", "agentVersion": "1.68.0", "errorCode": "", "errorDetails": "" })
}
