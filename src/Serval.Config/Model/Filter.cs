using System.Text.Json.Serialization;

namespace Serval.Config.Model;

/// <summary>A change or a decision on a matched exchange.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RequestHeaderFilter), "requestHeaders")]
[JsonDerivedType(typeof(ResponseHeaderFilter), "responseHeaders")]
[JsonDerivedType(typeof(RedirectFilter), "redirect")]
[JsonDerivedType(typeof(RewriteFilter), "rewrite")]
[JsonDerivedType(typeof(CorsFilter), "cors")]
[JsonDerivedType(typeof(MirrorFilter), "mirror")]
public abstract record Filter;
