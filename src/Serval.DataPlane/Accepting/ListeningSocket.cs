namespace Serval.DataPlane.Accepting;

/// <summary>A listening socket as one worker knows it.</summary>
internal struct ListeningSocket
{
    public int Descriptor;
    public int Port;
    public int ArmedAccepts;
    public bool IsOpen;
    public bool IsAccepting;
}
