namespace Serval.Bench.Load.Driving;

/// <summary>Who decides what a client connection does next.</summary>
internal interface IClientOwner
{
    /// <summary>The connection is established and free.</summary>
    void Opened(Client client);

    /// <summary>The response is complete and right. A connection that stays open is free again.</summary>
    void Completed(Client client);

    /// <summary>The proxy closed the connection as it was asked to.</summary>
    void Closed(Client client);

    /// <summary>Something was wrong; the connection is closed.</summary>
    void Failed(Client client, string fault);
}
