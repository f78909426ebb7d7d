using System.Runtime.InteropServices;

namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>
/// libcrypto of OpenSSL 3, as its manual pages declare it: what TLS needs of it. Handles are <c>nint</c>;
/// whoever creates one frees it.
/// </summary>
internal static unsafe partial class Crypto
{
    private const string Library = OpenSslLibrary.CryptoName;

    [LibraryImport(Library, EntryPoint = "OpenSSL_version")]
    public static partial byte* Version(int what);

    [LibraryImport(Library, EntryPoint = "CRYPTO_malloc")]
    public static partial void* Allocate(nuint bytes, byte* file, int line);

    [LibraryImport(Library, EntryPoint = "SHA256")]
    public static partial byte* Sha256(byte* bytes, nuint length, byte* digest);

    [LibraryImport(Library, EntryPoint = "RAND_bytes")]
    public static partial int Random(byte* into, int length);

    [LibraryImport(Library, EntryPoint = "CRYPTO_get_ex_new_index")]
    public static partial int ExtraNewIndex(
        int kind, nint number, nint argument, nint create, nint duplicate,
        delegate* unmanaged[Cdecl]<nint, void*, nint, int, nint, nint, void> release);

    // ---- errors, a queue per thread ----

    [LibraryImport(Library, EntryPoint = "ERR_get_error")]
    public static partial nuint ErrorTake();

    [LibraryImport(Library, EntryPoint = "ERR_peek_last_error")]
    public static partial nuint ErrorLast();

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ErrorClear();

    [LibraryImport(Library, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ErrorReason(nuint code);

    [LibraryImport(Library, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerifyText(nint result);

    // ---- BIOs ----

    [LibraryImport(Library, EntryPoint = "BIO_get_new_index")]
    public static partial int BioNewIndex();

    [LibraryImport(Library, EntryPoint = "BIO_meth_new")]
    public static partial nint BioMethodNew(int type, byte* name);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_read")]
    public static partial int BioMethodSetRead(
        nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_write")]
    public static partial int BioMethodSetWrite(
        nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Library, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int BioMethodSetControl(
        nint method, delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint> control);

    [LibraryImport(Library, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Library, EntryPoint = "BIO_new_mem_buf")]
    public static partial nint BioOver(byte* bytes, int length);

    [LibraryImport(Library, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_init")]
    public static partial void BioSetInit(nint bio, int isInitialised);

    [LibraryImport(Library, EntryPoint = "BIO_set_data")]
    public static partial void BioSetData(nint bio, nint data);

    [LibraryImport(Library, EntryPoint = "BIO_get_data")]
    [SuppressGCTransition]
    public static partial nint BioData(nint bio);

    [LibraryImport(Library, EntryPoint = "BIO_set_flags")]
    [SuppressGCTransition]
    public static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Library, EntryPoint = "BIO_clear_flags")]
    [SuppressGCTransition]
    public static partial void BioClearFlags(nint bio, int flags);

    // ---- certificates and keys ----

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_X509")]
    public static partial nint PemCertificate(nint bio, nint* into, nint password, nint argument);

    [LibraryImport(Library, EntryPoint = "PEM_read_bio_PrivateKey")]
    public static partial nint PemKey(
        nint bio, nint* into, delegate* unmanaged[Cdecl]<byte*, int, int, void*, int> password,
        nint argument);

    [LibraryImport(Library, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_check_private_key")]
    public static partial int CertificateHasKey(nint certificate, nint key);

    [LibraryImport(Library, EntryPoint = "X509_check_host")]
    public static partial int CertificateCheckHost(
        nint certificate, byte* name, nuint length, uint flags, byte** peerName);

    [LibraryImport(Library, EntryPoint = "X509_get0_notAfter")]
    public static partial nint CertificateNotAfter(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_get_subject_name")]
    public static partial nint CertificateSubject(nint certificate);

    [LibraryImport(Library, EntryPoint = "X509_get_ext_d2i")]
    public static partial nint CertificateExtension(
        nint certificate, int kind, int* critical, int* index);

    [LibraryImport(Library, EntryPoint = "X509_get_ext_by_OBJ")]
    public static partial int ExtensionPlace(nint certificate, nint identifier, int after);

    [LibraryImport(Library, EntryPoint = "OBJ_txt2obj")]
    public static partial nint ObjectOf(byte* text, int isNumber);

    [LibraryImport(Library, EntryPoint = "ASN1_OBJECT_free")]
    public static partial void ObjectFree(nint identifier);

    [LibraryImport(Library, EntryPoint = "i2d_X509")]
    public static partial int CertificateBytes(nint certificate, byte** into);

    [LibraryImport(Library, EntryPoint = "X509_NAME_print_ex")]
    public static partial int NamePrint(nint bio, nint name, int indent, nuint flags);

    [LibraryImport(Library, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAdd(nint store, nint certificate);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_base_id")]
    public static partial int KeyKind(nint key);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_num")]
    public static partial int StackCount(nint stack);

    [LibraryImport(Library, EntryPoint = "OPENSSL_sk_value")]
    public static partial nint StackItem(nint stack, int index);

    [LibraryImport(Library, EntryPoint = "GENERAL_NAMES_free")]
    public static partial void NamesFree(nint names);

    [LibraryImport(Library, EntryPoint = "GENERAL_NAME_get0_value")]
    public static partial nint NameValue(nint name, int* kind);

    [LibraryImport(Library, EntryPoint = "ASN1_STRING_get0_data")]
    public static partial byte* StringBytes(nint text);

    [LibraryImport(Library, EntryPoint = "ASN1_STRING_length")]
    public static partial int StringLength(nint text);

    [LibraryImport(Library, EntryPoint = "BIO_s_mem")]
    public static partial nint BioMemory();

    [LibraryImport(Library, EntryPoint = "BIO_read")]
    public static partial int BioRead(nint bio, byte* into, int length);

    // ---- session tickets ----

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_cbc")]
    public static partial nint Aes256Cbc();

    [LibraryImport(Library, EntryPoint = "EVP_EncryptInit_ex")]
    public static partial int EncryptInit(nint cipher, nint kind, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_DecryptInit_ex")]
    public static partial int DecryptInit(nint cipher, nint kind, nint engine, byte* key, byte* vector);

    [LibraryImport(Library, EntryPoint = "EVP_MAC_CTX_set_params")]
    public static partial int MacSetParameters(nint mac, OpenSslParameter* parameters);
}
