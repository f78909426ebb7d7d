namespace Serval.Control.Publishing;

/// <summary>What a router did with a push.</summary>
internal enum PushOutcomeKind
{
    /// <summary>It is live.</summary>
    Acknowledged,

    /// <summary>The configuration is refused (nack); the last good one serves on.</summary>
    Refused,

    /// <summary>The delta starts from a version that is not live there.</summary>
    WrongBase,

    /// <summary>A newer leader or a newer state of the objects was pushed before.</summary>
    StaleTerm,

    /// <summary>There was no answer, or one that says nothing about the configuration.</summary>
    Failed,
}
