using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace DiVLA.Control.Architecture.Tests;

/// <summary>What the compiler made of a project, read as metadata so that nothing has to be loaded or run.</summary>
internal sealed class CompiledAssembly : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    private CompiledAssembly(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    /// <summary>Opens the assembly of a product project by its short name.</summary>
    public static CompiledAssembly Open(string project)
    {
        if (project != "Training")
            return new CompiledAssembly(Path.Combine(AppContext.BaseDirectory, FileName(project)));
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return new CompiledAssembly(Repository.PathOf($"artifacts/bin/DiVLA.Control.Training/{configuration}/{FileName(project)}"));
    }

    /// <summary>Simple names of the assemblies whose types are used.</summary>
    public IEnumerable<string> ReferencedAssemblies =>
        _metadata.AssemblyReferences.Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name));

    /// <summary>Classes that another class could inherit from although they are not abstract; without what the compiler makes of top-level statements.</summary>
    public IEnumerable<string> OpenClasses =>
        from handle in _metadata.TypeDefinitions
        let type = _metadata.GetTypeDefinition(handle)
        where (type.Attributes & (TypeAttributes.Sealed | TypeAttributes.Abstract | TypeAttributes.Interface)) == 0
        let name = _metadata.GetString(type.Name)
        where !name.Contains('<', StringComparison.Ordinal) && name != "Program"
        select $"{_metadata.GetString(type.Namespace)}.{name}";

    /// <summary>Members of other assemblies that are used, as Type.Member(parameter types).</summary>
    public IEnumerable<string> UsedMembers =>
        from handle in _metadata.MemberReferences
        let member = _metadata.GetMemberReference(handle)
        where member.GetKind() == MemberReferenceKind.Method && member.Parent.Kind == HandleKind.TypeReference
        let type = TypeNames.Instance.GetTypeFromReference(_metadata, (TypeReferenceHandle)member.Parent, 0)
        let parameters = member.DecodeMethodSignature(TypeNames.Instance, null).ParameterTypes
        select $"{type}.{_metadata.GetString(member.Name)}({string.Join(",", parameters)})";

    /// <summary>Values of an enum in the order of their numbers.</summary>
    public string[] EnumValues(string name) =>
        [.. from handle in _metadata.TypeDefinitions
            let type = _metadata.GetTypeDefinition(handle)
            where _metadata.GetString(type.Name) == name
            from fieldHandle in type.GetFields()
            let field = _metadata.GetFieldDefinition(fieldHandle)
            where field.Attributes.HasFlag(FieldAttributes.Literal)
            let constant = _metadata.GetConstant(field.GetDefaultValue())
            orderby Convert.ToInt64(_metadata.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode), null)
            select _metadata.GetString(field.Name)];

    public void Dispose() => _file.Dispose();

    private static string FileName(string project) => project switch
    {
        "Cli" => "divla.dll",
        "Training" => "divla-train.dll",
        _ => $"DiVLA.Control.{project}.dll",
    };

    /// <summary>Names of types in signatures; only classes need to be told apart.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public static TypeNames Instance { get; } = new();

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            "specification";

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => genericType;

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => elementType + "[]";
    }
}
