using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Consumers;

/// <summary>A request to the service.</summary>
public sealed record Request(string Method, string Path, string Bearer, bool Accepted);

/// <summary>
/// A service on the loopback interface. It accepts only bearer tokens that the agent emulator has issued, byte for byte, and
/// answers the requests of a login like Azure Resource Manager.
/// </summary>
public sealed class LoopbackService : IDisposable
{
    public const string Tenant = "0a11ce00-7e4a-4000-8000-00000000000a";
    public const string Subscription = "0a11ce00-5ab5-4000-8000-00000000000b";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<Request> requests = [];
    private readonly HttpClient emulator = new();
    private readonly string control;
    private readonly X509Certificate2? certificate;

    /// <summary>Starts the service. With TLS, it creates its own certificate.</summary>
    public LoopbackService(string emulatorControl, bool tls)
    {
        control = emulatorControl;
        certificate = tls ? SelfSigned() : null;
        listener.Start();
        Uri = new Uri($"{(tls ? "https" : "http")}://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = Task.Run(AcceptAsync);
    }

    public Uri Uri { get; }

    public Request[] Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

    /// <summary>A certificate check for clients: it trusts only this service's certificate.</summary>
    public HttpClientHandler CreateHandler() => new()
    {
        UseProxy = false,
        ServerCertificateCustomValidationCallback = (_, shown, _, _) => shown?.Thumbprint == certificate?.Thumbprint,
    };

    public void Dispose()
    {
        listener.Dispose();
        emulator.Dispose();
        certificate?.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // Disposed.
            }

            _ = Task.Run(() => AnswerAsync(client));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            Stream stream = client.GetStream();
            if (certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(certificate);
                stream = secure;
            }

            (string method, string path, string bearer) = await ReadAsync(stream);
            bool accepted = await IsIssuedAsync(bearer);
            lock (requests)
            {
                requests.Add(new Request(method, path, bearer, accepted));
            }

            string body = accepted ? Answers.To(path) : """{"error":{"code":"AuthenticationFailed"}}""";
            string head = $"HTTP/1.1 {(accepted ? "200 OK" : "401 Unauthorized")}\r\nContent-Type: application/json\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body));
        }
    }

    private static async Task<(string Method, string Path, string Bearer)> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        string[] first = (await reader.ReadLineAsync() ?? string.Empty).Split(' ');
        string bearer = string.Empty;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            const string start = "Authorization: Bearer ";
            if (line.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                bearer = line[start.Length..];
            }
        }

        return (first[0], first.ElementAtOrDefault(1) ?? string.Empty, bearer);
    }

    private async Task<bool> IsIssuedAsync(string bearer)
    {
        using JsonDocument issued = JsonDocument.Parse(await emulator.GetStringAsync(control + "/issued"));
        return issued.RootElement.GetProperty("tokens").EnumerateArray().Any(token => token.GetString() == bearer);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }
}
