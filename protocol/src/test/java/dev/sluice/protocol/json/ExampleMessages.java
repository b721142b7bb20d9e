package dev.sluice.protocol.json;

import dev.sluice.protocol.AirbyteMessage;
import dev.sluice.protocol.AirbyteRecordMessageMetaChange;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Builds every message of the protocol by reflection, once with all optional parts and once without: adding a
/// message adds its test.
final class ExampleMessages {
    private ExampleMessages() {}

    static Stream<AirbyteMessage> all() {
        return leaves(AirbyteMessage.class)
                .flatMap(type -> Stream.of(true, false).map(full -> (AirbyteMessage) build(type, full)));
    }

    private static Stream<Class<?>> leaves(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(ExampleMessages::leaves)
                : Stream.of(type);
    }

    private static Object build(Class<?> type, boolean full) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                values.add(value(components[i].getGenericType(), components[i].getName(), full));
            }
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            return constructor.newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot build " + type, e);
        }
    }

    private static Object value(Type type, String name, boolean full) {
        if (type instanceof ParameterizedType generic) {
            Type of = generic.getActualTypeArguments()[0];
            if (generic.getRawType() == Optional.class) {
                return full ? Optional.of(value(of, name, true)) : Optional.empty();
            }
            return full || name.equals("streams") ? List.of(value(of, name, full)) : List.of();
        }
        Class<?> raw = (Class<?>) type;
        if (raw == String.class && name.equals("reason")) {
            return AirbyteRecordMessageMetaChange.SOURCE_RETRIEVAL_ERROR;
        }
        if (raw == String.class) {
            return name.endsWith("Url") ? "https://example.org/" + name : "a \"" + name + "\" \u2028 \ud83d\ude00\n\t";
        }
        if (raw == long.class || raw == Long.class) {
            return 1_760_000_000_123L;
        }
        if (raw == Boolean.class) {
            return true;
        }
        if (raw == BigDecimal.class) {
            return new BigDecimal("1760000000123.50");
        }
        if (raw.isEnum()) {
            return raw.getEnumConstants()[full ? raw.getEnumConstants().length - 1 : 0];
        }
        if (raw.isRecord()) {
            return build(raw, full);
        }
        var object = Json.mapper().createObjectNode();
        object.put("big", new BigDecimal("123456789012345678901234567890.1200")).putNull("nothing");
        return object;
    }
}
