package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A mapping of a connection file, whose settings are read as what they have to be. One that is not there is empty;
/// one that is something else is a problem, and empty too.
///
/// @param at where in the file, as in `source`; empty for the file itself
record Section(JsonNode node, String at, YamlTree tree, Problems problems) {
    private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");

    /// What an amount is of, by its unit.
    interface Unit<T> {
        /// @param unit in small letters; empty when none is written
        /// @return null when the unit, or so much of it, makes no sense
        T of(double amount, String unit);
    }

    /// Empty when there is none.
    Section section(String name, Set<String> known) {
        Section section = in(name);
        if (isAbsent(section.node)) {
            return section;
        }
        if (!section.node.isObject()) {
            problem(name, "must be a mapping");
        }
        section.onlyKnows(known);
        return section;
    }

    /// The same with settings of any name.
    Section in(String name) {
        return new Section(node.path(name), key(name), tree, problems);
    }

    /// Nothing written behind a key is no value.
    static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    boolean has(String name) {
        return node.has(name);
    }

    void onlyKnows(Set<String> known) {
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problem(name, "is not known" + Problems.suggestion(name, known));
            }
        });
    }

    Optional<String> text(String name) {
        Optional<JsonNode> value = value(name);
        if (value.filter(v -> !v.isValueNode()).isPresent()) {
            problem(name, "must be a text");
            return Optional.empty();
        }
        return value.map(JsonNode::asText);
    }

    Optional<Boolean> flag(String name) {
        Optional<JsonNode> value = value(name);
        if (value.filter(v -> !Set.of("true", "false").contains(v.asText())).isPresent()) {
            problem(name, "must be true or false");
            return Optional.empty();
        }
        return value.map(v -> Boolean.valueOf(v.asText()));
    }

    /// @param what such a value is, with its article
    <E extends Enum<E>> Optional<E> choice(String name, E[] values, String what) {
        List<String> known = Arrays.stream(values)
                .map(v -> v.name().toLowerCase(Locale.ROOT))
                .toList();
        Optional<String> text = text(name);
        Optional<E> chosen = text.map(known::indexOf).filter(i -> i >= 0).map(i -> values[i]);
        if (text.isPresent() && chosen.isEmpty()) {
            problem(
                    name,
                    "is '%s', which is not %s%s".formatted(text.get(), what, Problems.suggestion(text.get(), known)));
        }
        return chosen;
    }

    /// A number, most often with a unit behind it.
    <T> Optional<T> amount(String name, Unit<T> unit, String example) {
        Optional<String> text = value(name).map(JsonNode::asText);
        Optional<T> amount = text.map(String::strip)
                .map(AMOUNT::matcher)
                .filter(Matcher::matches)
                .map(m -> unit.of(Double.parseDouble(m.group(1)), m.group(2).toLowerCase(Locale.ROOT)));
        if (text.isPresent() && amount.isEmpty()) {
            problem(name, "is '%s'; write it like %s".formatted(text.get(), example));
        }
        return amount;
    }

    static Double plain(double amount, String unit) {
        return unit.isEmpty() && amount > 0 ? amount : null;
    }

    static Integer count(double amount, String unit) {
        return unit.isEmpty() && amount >= 1 && amount == Math.rint(amount) ? (Integer) (int) amount : null;
    }

    static Long bytes(double amount, String unit) {
        int shift = switch (unit) {
            case "b" -> 0;
            case "k", "kb", "kib" -> 10;
            case "m", "mb", "mib" -> 20;
            case "g", "gb", "gib" -> 30;
            default -> -1;
        };
        return shift < 0 || amount <= 0 ? null : (Long) (long) (amount * (1L << shift));
    }

    static Duration duration(double amount, String unit) {
        long millis = switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> 0;
        };
        return millis == 0 || amount <= 0 ? null : Duration.ofMillis((long) (amount * millis));
    }

    List<String> texts(String name) {
        return texts(node.path(name), name);
    }

    /// A column, or the way to one that is nested: `id` or `[address, street]`.
    List<String> path(String name) {
        return path(node.path(name), name);
    }

    /// `id`, `[id, region]`, or with nested columns `[[address, street], id]`.
    List<List<String>> paths(String name) {
        JsonNode value = node.path(name);
        if (value.isTextual()) {
            return List.of(List.of(value.asText()));
        }
        List<List<String>> paths = new ArrayList<>();
        for (JsonNode element : value) {
            paths.add(path(element, name));
        }
        return paths;
    }

    private List<String> path(JsonNode value, String name) {
        return value.isTextual() ? List.of(value.asText()) : texts(value, name);
    }

    private List<String> texts(JsonNode value, String name) {
        List<String> texts = new ArrayList<>();
        if (isAbsent(value)) {
            return texts;
        }
        if (!value.isArray()) {
            problem(name, "must be a list");
            return texts;
        }
        for (JsonNode element : value) {
            if (element.isValueNode() && !element.isNull()) {
                texts.add(element.asText());
            } else {
                problem(name, "must be a list of names");
            }
        }
        return texts;
    }

    private Optional<JsonNode> value(String name) {
        JsonNode value = node.path(name);
        return isAbsent(value) ? Optional.empty() : Optional.of(value);
    }

    /// @param name of a setting in this section; empty for the section itself
    void problem(String name, String text) {
        String key = name.isEmpty() ? at : key(name);
        problems.add(tree.line(key), key, text);
    }

    private String key(String name) {
        return at.isEmpty() ? name : at + "." + name;
    }
}
