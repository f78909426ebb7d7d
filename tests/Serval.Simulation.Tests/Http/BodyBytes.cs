namespace Serval.Simulation.Tests.Http;

/// <summary>
/// The bytes of a body: made from who it belongs to, so that a byte in a wrong place is seen.
/// </summary>
internal static class BodyBytes
{
    public static byte At(int owner, bool isResponse, long index)
    {
        ulong mixed = ((ulong)index * 0x9E37_79B9_7F4A_7C15) + ((ulong)(uint)owner * 0xC2B2_AE3D_27D4_EB4F);
        return (byte)((mixed >> 29) ^ (mixed >> 51) ^ (isResponse ? 0x5Au : 0u));
    }

    public static byte[] Of(int owner, bool isResponse, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = At(owner, isResponse, i);
        return bytes;
    }
}
