// A real browser without a window, driven by its DevTools protocol (https://chromedevtools.github.io/devtools-protocol) over a web socket.
// A window of headless Chromium is never narrower than 500 pixels, so the width of a telephone is emulated, as its DevTools do.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using ForecEngine.Tests.Checkpoints;

namespace ForecEngine.Cli.Tests.Reports;

/// <summary>A headless Chromium.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _calls = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();
    private Process? _process;
    private string? _session;
    private int _last;

    private Chromium()
    {
    }

    /// <summary>The program, or null if this machine has none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => s_names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>What pages wrote to the console, and the errors in them.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    /// <summary>The addresses that pages asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Starts the browser with an empty page.</summary>
    public static async Task<Chromium> Start()
    {
        Chromium browser = new();
        try
        {
            await browser._socket.ConnectAsync(new Uri(await browser.Launch()), new CancellationTokenSource(s_patience).Token);
            _ = browser.Listen();
            JsonObject page = await browser.Call("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
            JsonObject attached = await browser.Call(
                "Target.attachToTarget", new JsonObject { ["targetId"] = (string)page["targetId"]!, ["flatten"] = true });
            browser._session = (string)attached["sessionId"]!;
            foreach (string domain in new[] { "Page", "Runtime", "Log", "Network" })
                await browser.Call($"{domain}.enable");
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page in a screen.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">The width of the screen, in pixels.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    public async Task Open(string path, int width, bool dark)
    {
        await Call("Emulation.setDeviceMetricsOverride", new JsonObject
        {
            ["width"] = width,
            ["height"] = 900,
            ["deviceScaleFactor"] = 1,
            ["mobile"] = width < 600,
        });
        await Call("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }),
        });
        TaskCompletionSource loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited["Page.loadEventFired"] = loaded;
        await Call("Page.navigate", new JsonObject { ["url"] = new Uri(path).AbsoluteUri });
        await loaded.Task.WaitAsync(s_patience);
    }

    /// <summary>The value of an expression in JavaScript.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        JsonObject answer = await Call("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        if (answer["exceptionDetails"] is { } exception)
            throw new InvalidOperationException(exception.ToJsonString());
        return answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>An image of the whole page, as PNG.</summary>
    public async Task<byte[]> Screenshot()
    {
        JsonObject answer = await Call("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true });
        return Convert.FromBase64String((string)answer["data"]!);
    }

    /// <summary>Ends the browser.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Dispose();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _profile.Dispose();
        _end.Dispose();
    }

    // The browser writes the address of its web socket to standard error.
    private async Task<string> Launch()
    {
        ProcessStartInfo start = new(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        string[] options =
        [
            "--headless", "--remote-debugging-port=0", $"--user-data-dir={_profile["profile"]}", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
        ];
        foreach (string option in options)
            start.ArgumentList.Add(option);
        // Chromium's sandbox refuses root, as which containers run.
        if (Environment.IsPrivilegedProcess)
            start.ArgumentList.Add("--no-sandbox");
        _process = Process.Start(start)!;
        TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);
        StringBuilder said = new();
        _process.ErrorDataReceived += (_, line) =>
        {
            said.AppendLine(line.Data);
            if (line.Data is null)
                address.TrySetException(new IOException($"{Program} ended: {said}"));
            else if (line.Data.StartsWith("DevTools listening on ", StringComparison.Ordinal))
                address.TrySetResult(line.Data["DevTools listening on ".Length..]);
        };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        return await address.Task.WaitAsync(s_patience);
    }

    private async Task<JsonObject> Call(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _last);
        JsonObject call = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
            call["sessionId"] = _session;
        TaskCompletionSource<JsonObject> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, true, _end.Token);
        JsonObject message = await answer.Task.WaitAsync(s_patience);
        return message["result"] as JsonObject ?? throw new InvalidOperationException($"{method}: {message.ToJsonString()}");
    }

    private async Task Listen()
    {
        byte[] part = new byte[1 << 16];
        using MemoryStream message = new();
        while (!_end.IsCancellationRequested)
        {
            WebSocketReceiveResult received = await _socket.ReceiveAsync(part, _end.Token);
            message.Write(part, 0, received.Count);
            if (!received.EndOfMessage)
                continue;
            JsonObject read = JsonNode.Parse(message.ToArray())!.AsObject();
            message.SetLength(0);
            if (read["id"] is { } id)
                _calls[(int)id].TrySetResult(read);
            else
                Notice((string)read["method"]!, read["params"]!.AsObject());
        }
    }

    private void Notice(string method, JsonObject parameters)
    {
        switch (method)
        {
            case "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded":
                Messages.Enqueue(parameters.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Enqueue((string)parameters["request"]!["url"]!);
                break;
            default:
                if (_awaited.TryRemove(method, out TaskCompletionSource? awaited))
                    awaited.TrySetResult();
                break;
        }
    }
}
