// Writes a part of a phase with the name of its type, so that records of stages distinguish parts of different types.

namespace ForecEngine.Recommenders.Training;

/// <summary>Writes a value of a class that is derived from <typeparamref name="TBase"/> as <c>{"TYPE": {...}}</c>.</summary>
internal sealed class ByType<TBase> : JsonConverter<TBase>
    where TBase : class
{
    public override TBase Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("records of stages are compared, but not read");

    public override void Write(Utf8JsonWriter writer, TBase value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName($"{value.GetType()}");
        JsonSerializer.Serialize(writer, (object)value, value.GetType(), options);
        writer.WriteEndObject();
    }
}
