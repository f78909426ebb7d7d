using System.Buffers;
using Serval.Common.Monitoring;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>The page of metrics of a process with a data plane.</summary>
/// <param name="role">The verb that runs.</param>
/// <param name="router">Its data plane.</param>
/// <param name="publisher">What it was given.</param>
/// <param name="secrets">The keys that it was given.</param>
internal sealed class RouterPage(
    string role, Router router, SerialPublisher publisher, SecretKeeper secrets)
{
    /// <summary>Writes all of them.</summary>
    public Task WriteAsync(Stream output, MetricsFormat format, CancellationToken stop)
    {
        ArrayBufferWriter<byte> text = new();
        Write(new MetricsWriter(text, format));
        return output.WriteAsync(text.WrittenMemory, stop).AsTask();
    }

    private void Write(MetricsWriter writer)
    {
        router.WriteMetrics(writer);
        ILookup<Severity, Finding> findings = publisher.Findings.ToLookup(finding => finding.Severity);
        writer.OpenGauge("serval_findings", "What is wrong with the configuration now, by severity.");
        foreach (Severity severity in Enum.GetValues<Severity>())
        {
            writer.Sample(findings[severity].Count(),
                new MetricLabel("severity", severity.ToString().ToLowerInvariant()));
        }

        if (publisher.Last is { } last)
        {
            writer.Gauge("serval_config_last_load_successful",
                "1 if the configuration that came last is live and had no errors, else 0.",
                last.IsWhole ? 1 : 0);
            writer.Gauge("serval_config_last_load_timestamp_seconds",
                "When the configuration that came last did so, in seconds since 1970.",
                last.At.ToUnixTimeMilliseconds() / 1_000.0);
        }

        WriteCertificates(writer);
        ProcessMetrics.Write(writer, RouterRole.Version, role);
        writer.End();
    }

    private void WriteCertificates(MetricsWriter writer)
    {
        CertificateState[] certificates = [.. secrets.Certificates];
        writer.Gauge("serval_certificates", "Certificates that the live configuration names.",
            certificates.Length);
        writer.Gauge("serval_certificates_waiting",
            "Those among them whose keys are not held, so that handshakes for them fail.",
            certificates.Count(certificate => !certificate.IsHeld));
        writer.OpenGauge("serval_certificate_not_after_timestamp_seconds",
            "When each certificate expires, in seconds since 1970.");
        foreach (CertificateState certificate in certificates
            .Where(certificate => certificate.NotAfterMs != 0)
            .Take(AdminLimits.CertificateSeries))
        {
            writer.Sample(
                certificate.NotAfterMs / 1_000.0, new MetricLabel("certificate", certificate.Name));
        }
    }
}
