using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace DiVLA.Control.Service.Identity;

/// <summary>Reads the URIs among a certificate's subject alternative names.</summary>
internal static class SubjectUris
{
    private const string SubjectAlternativeName = "2.5.29.17";

    // RFC 5280, GeneralName: uniformResourceIdentifier [6] IA5String.
    private static readonly Asn1Tag Uri = new(TagClass.ContextSpecific, 6);

    /// <summary>All of them, in the certificate's order; none where the names cannot be read.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == SubjectAlternativeName);
        try
        {
            return names is null ? [] : Read(names.RawData);
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private static List<string> Read(byte[] encoded)
    {
        var uris = new List<string>();
        var names = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
            if (names.PeekTag().HasSameClassAndValue(Uri)) uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, Uri));
            else names.ReadEncodedValue();
        return uris;
    }
}
