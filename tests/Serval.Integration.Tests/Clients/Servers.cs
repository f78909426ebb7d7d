using System.Globalization;

namespace Serval.Integration.Tests.Clients;

/// <summary>The servers that clients are compared with.</summary>
internal static class Servers
{
    private const int LargeBytes = 5_020_000;

    /// <summary>nginx with files; <c>/early</c> answers without the body.</summary>
    public static Task<ServerProcess> NginxAsync(Action<string>? fill = null) =>
        ServerProcess.StartAsync("nginx", (folder, port) =>
        {
            WriteFiles(folder, fill);
            File.WriteAllText(Path.Combine(folder, "nginx.conf"), $$"""
                daemon off;
                user root;
                pid nginx.pid;
                error_log error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path body;
                  types { text/plain txt; application/octet-stream bin; }
                  server {
                    listen 127.0.0.1:{{Text(port)}};
                    root files;
                    absolute_redirect off;
                    location /early { return 401 "no\n"; }
                    location /redirect { return 302 /small.txt; }
                    location /list/ { alias {{folder}}/files/; autoindex on; }
                  }
                }

                """);
            return ["-p", folder, "-e", "error.log", "-c", "nginx.conf"];
        });

    /// <summary>Apache with files and git's repositories.</summary>
    public static Task<ServerProcess> ApacheAsync(Action<string>? fill = null) =>
        ServerProcess.StartAsync("apache2", (folder, port) =>
        {
            WriteFiles(folder, fill);
            string[] names = ["mpm_event", "authz_core", "dir", "alias", "autoindex", "env", "cgid", "mime"];
            string modules = string.Join('\n', names.Select(name =>
                $"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"));
            File.WriteAllText(Path.Combine(folder, "apache.conf"), $$"""
                {{modules}}
                ServerRoot {{folder}}
                ServerName localhost
                Listen 127.0.0.1:{{Text(port)}}
                User www-data
                PidFile {{folder}}/apache.pid
                ScriptSock {{folder}}/cgid.sock
                ErrorLog {{folder}}/error.log
                TypesConfig /dev/null
                AddType text/plain .txt
                DocumentRoot {{folder}}/files
                <Directory {{folder}}/files>
                  Options Indexes
                  Require all granted
                </Directory>
                <Location /early>
                  Require all denied
                </Location>
                Redirect 302 /redirect /small.txt
                SetEnv GIT_PROJECT_ROOT {{folder}}/git
                SetEnv GIT_HTTP_EXPORT_ALL 1
                SetEnv GIT_CONFIG_COUNT 1
                SetEnv GIT_CONFIG_KEY_0 safe.directory
                SetEnv GIT_CONFIG_VALUE_0 *
                ScriptAlias /git/ /usr/lib/git-core/git-http-backend/
                <Directory /usr/lib/git-core>
                  Options +ExecCGI
                  Require all granted
                </Directory>

                """);
            return ["-f", Path.Combine(folder, "apache.conf"), "-DFOREGROUND"];
        });

    /// <summary>gunicorn with app.py.</summary>
    public static Task<ServerProcess> GunicornAsync()
    {
        string programs = Path.GetDirectoryName(ClientTools.Program("app.py"))!;
        return ServerProcess.StartAsync("gunicorn", (folder, port) =>
        [
            "--bind", $"127.0.0.1:{Text(port)}", "--worker-class", "gthread", "--threads", "8",
            "--worker-tmp-dir", folder, "--chdir", programs, "app:app",
        ]);
    }

    /// <summary>node's own server with upstream.mjs.</summary>
    public static Task<ServerProcess> NodeAsync() => ServerProcess.StartAsync(
        "node", (_, port) => [ClientTools.Program("upstream.mjs"), Text(port)]);

    /// <summary>verdaccio, a registry for npm.</summary>
    public static Task<ServerProcess> VerdaccioAsync() => ServerProcess.StartAsync("node", (folder, port) =>
    {
        string configuration = Path.Combine(folder, "verdaccio.yaml");
        File.WriteAllText(configuration, $$"""
            storage: {{folder}}/storage
            auth: {htpasswd: {file: {{folder}}/htpasswd} }
            packages:
              "**": {access: $all, publish: $all}
            log: {type: stdout, format: pretty, level: error}

            """);
        string address = $"127.0.0.1:{Text(port)}";
        return [ClientTools.Find("verdaccio")!, "--config", configuration, "--listen", address];
    });

    private static void WriteFiles(string folder, Action<string>? fill)
    {
        string files = Directory.CreateDirectory(Path.Combine(folder, "files")).FullName;
        byte[] large = new byte[LargeBytes];
        for (int i = 0; i < large.Length; i++)
            large[i] = (byte)(i % 251);
        File.WriteAllText(Path.Combine(files, "small.txt"), "hello\n");
        File.WriteAllText(Path.Combine(files, "a b%2f;c.txt"), "odd\n");
        File.WriteAllBytes(Path.Combine(files, "large.bin"), large);
        fill?.Invoke(folder);
        // Apache's ETag is weak for a file that was written a second ago, and strong later.
        foreach (string file in Directory.GetFiles(files))
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
