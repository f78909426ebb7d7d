using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Serval.Config.Secrets;

namespace Serval.Config.Tests;

public sealed class OcspResponseTests
{
    private static readonly DateTimeOffset Next = new(2026, 1, 8, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("7", 0, true, false, false)]
    [InlineData("128", 1, false, true, false)]
    [InlineData("1208925819614629174706175", 2, false, false, true)]
    [InlineData("1", 0, true, true, true)]
    public void Its_certificate_is_read_with_its_state_and_the_end(
        string serial, int status, bool isGood, bool hasVersion, bool isByName)
    {
        OcspAnswer answer = new()
        {
            SerialNumber = BigInteger.Parse(serial, CultureInfo.InvariantCulture),
            CertificateStatus = status,
            NextUpdate = Next,
            HasVersion = hasVersion,
            IsByName = isByName,
        };
        Assert.True(OcspResponse.TryRead(answer.ToDer(), out OcspResponse? read));
        Assert.Equal(new(answer.SerialNumber, isGood, Next.ToUnixTimeMilliseconds()), read);
    }

    [Fact]
    public void One_that_names_no_end_has_none()
    {
        Assert.True(OcspResponse.TryRead(new OcspAnswer().ToDer(), out OcspResponse? read));
        Assert.Equal(0, read.NotAfterMs);
    }

    [Fact]
    public void An_end_before_the_beginning_of_Unix_time_is_one()
    {
        OcspAnswer answer = new() { NextUpdate = DateTimeOffset.UnixEpoch.AddYears(-1) };
        Assert.True(OcspResponse.TryRead(answer.ToDer(), out OcspResponse? read));
        Assert.Equal(1, read.NotAfterMs);
    }

    [Theory]
    [InlineData("")]
    [InlineData("3003")]
    [InlineData("30030a0101")] // the authority could not read the question
    [InlineData("2d2d2d2d2d424547494e204f435350")]
    public void What_answers_nothing_is_none(string hex) =>
        Assert.False(OcspResponse.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void One_of_another_type_is_none()
    {
        byte[] der = new OcspAnswer().ToDer();
        int at = der.AsSpan().IndexOf((byte[])[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]);
        der[at + 8] = 2;
        Assert.False(OcspResponse.TryRead(der, out _));
    }

    [Fact]
    public void Whatever_is_broken_or_cut_off_nothing_is_thrown()
    {
        byte[] whole = new OcspAnswer { NextUpdate = Next }.ToDer();
        for (int i = 0; i < whole.Length; i++)
            Assert.False(OcspResponse.TryRead(whole.AsMemory(0, i), out _));
        Gen<(int At, byte Other)> changes =
            from at in Gen.Choose(0, whole.Length - 1)
            from other in Gen.Choose(0, 255)
            select (at, (byte)other);
        Prop.ForAll(changes.ListOf(2).ToArbitrary(), list =>
        {
            byte[] broken = [.. whole];
            foreach ((int at, byte other) in list)
                broken[at] = other;
            OcspResponse.TryRead(broken, out _);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
