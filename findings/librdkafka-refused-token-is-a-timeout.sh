#!/usr/bin/env bash
# Confluent.Kafka 2.16.0 with librdkafka.redist 2.16.0, NuGet. Last run 2026-11-29.
#
# librdkafka gets Azure tokens by itself (sasl.oauthbearer.metadata.authentication.type=azure_imds), also from another address than
# 169.254.169.254. Arc's agent answers the first request with 401 and names a key file; librdkafka stops there. What the program sees
# of it: ProduceAsync fails with "Local: Message timed out", five minutes later by default, and the broker was never called. The
# reason comes by the error handler alone, and a program without one never learns it.
# On Arc: SetOAuthBearerTokenRefreshHandler with a token had elsewhere (its lifetime in milliseconds).
. "$(dirname "$0")/common.sh"

nuget_program Confluent.Kafka@2.16.0 librdkafka.redist@2.16.0 <<'CS'
using Confluent.Kafka;
using System.Net;
using System.Net.Sockets;

var broker = new TcpListener(IPAddress.Loopback, 0);
broker.Start();
var config = new ProducerConfig
{
    BootstrapServers = broker.LocalEndpoint.ToString(), SecurityProtocol = SecurityProtocol.SaslPlaintext,
    SaslMechanism = SaslMechanism.OAuthBearer, MessageTimeoutMs = 5000,
};
config.Set("sasl.oauthbearer.method", "oidc");
config.Set("sasl.oauthbearer.metadata.authentication.type", "azure_imds");
config.Set("sasl.oauthbearer.token.endpoint.url", args[0]);
config.Set("sasl.oauthbearer.config", "query=api-version=2019-11-01&resource=https://space.servicebus.windows.net");
using var producer = new ProducerBuilder<Null, string>(config).SetLogHandler((_, _) => { })
    .SetErrorHandler((_, e) => Console.WriteLine($"handler {e.Code}: {e.Reason}")).Build();
try { await producer.ProduceAsync("topic", new Message<Null, string> { Value = "x" }); }
catch (ProduceException<Null, string> e) { Console.WriteLine($"produce {e.Message}"); }
Console.WriteLine($"broker called: {broker.Pending()}");
CS
endpoint 401 '{"error":"unauthorized_client","error_description":"Missing Basic Authorization header"}'
alone dotnet "$work/out/program.dll" "http://127.0.0.1:$port/metadata/identity/oauth2/token" >"$work/seen"
same "what ProduceAsync says" "$(grep '^produce' "$work/seen")" 'produce Local: Message timed out'
same "what the error handler says" "$(grep -m 1 '^handler' "$work/seen")" 'handler Local_Authentication: Failed to acquire SASL OAUTHBEARER token: *unauthorized_client*'
same "the broker" "$(grep '^broker' "$work/seen")" 'broker called: False'
same "requests" "$(requests) $(head -n 1 "$work/requests")" '1 GET /metadata/identity/oauth2/token?api-version=2019-11-01&resource=https://space.servicebus.windows.net | metadata: [Tt]rue*'
