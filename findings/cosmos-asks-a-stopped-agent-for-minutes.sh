#!/usr/bin/env bash
# Microsoft.Azure.Cosmos 3.64.0 with Azure.Identity 1.17.1, NuGet. Last run 2026-11-29; takes two and a half minutes.
#
# One read of one item, with an agent that is stopped or says 500: CosmosClient asks its credential six times, and that tries six times
# each with its own pauses: 36 requests and 150 s until the exception. RequestTimeout, six seconds as set here, does not count for it,
# nor does the account have to be there. The exception is the credential's own, so a handler for CosmosException does not see it.
. "$(dirname "$0")/common.sh"

nuget_program Microsoft.Azure.Cosmos@3.64.0 Newtonsoft.Json@13.0.3 Azure.Identity@1.17.1 <<'CS'
using Azure.Identity;
using Microsoft.Azure.Cosmos;
using System.Diagnostics;

var watch = Stopwatch.StartNew();
var options = new CosmosClientOptions { RequestTimeout = TimeSpan.FromSeconds(6), MaxRetryAttemptsOnRateLimitedRequests = 0 };
try
{
    using var client = new CosmosClient("https://127.0.0.1:9/", new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned), options);
    await client.GetContainer("database", "items").ReadItemAsync<object>("id", new PartitionKey("key"));
}
catch (Exception e) { Console.Write($"{e.GetType().Name} {(watch.Elapsed.TotalSeconds > 120 ? "after more than two minutes" : $"after {watch.Elapsed}")}"); }
CS
endpoint 500 '{"message":"restarting"}'
same "one read" "$(alone env IDENTITY_ENDPOINT="http://127.0.0.1:$port/msi" IDENTITY_HEADER=s dotnet "$work/out/program.dll")" \
  'AuthenticationFailedException after more than two minutes'
same "requests" "$(requests)" 36
