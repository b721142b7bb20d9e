package dev.sluice.destination.duckdb;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gives names their identifiers. DuckDB keeps any name as it is, only it takes `Id` and `id` for the same; of
/// such a group one keeps its name, and the others get a suffix made from the name itself.
///
/// An identifier does not depend on the order of the names, and what exists decides first: a name that arrives
/// later never takes another one's column.
final class Names {
    private Names() {}

    /// @param wanted names that differ, at least in case
    /// @param existing identifiers that are there from earlier syncs, in their spelling
    /// @param reserved identifiers that nobody may have
    /// @return the identifier of each name
    static Map<String, String> identifiers(
            Collection<String> wanted, Collection<String> existing, Collection<String> reserved) {
        Set<String> there = new HashSet<>(existing);
        Set<String> taken = new HashSet<>();
        reserved.forEach(name -> taken.add(fold(name)));
        Map<String, String> identifiers = new HashMap<>();
        List<String> sorted = wanted.stream().sorted().toList();
        // Whoever had a suffix keeps it, then whoever is spelled exactly so, then the first in order.
        for (String name : sorted) {
            if (there.contains(suffixed(legal(name)))) {
                claim(name, suffixed(legal(name)), taken, identifiers);
            }
        }
        for (String name : sorted) {
            if (there.contains(legal(name))) {
                claim(name, legal(name), taken, identifiers);
            }
        }
        for (String name : sorted) {
            for (String candidate = legal(name); !identifiers.containsKey(name); candidate = suffixed(candidate)) {
                claim(name, candidate, taken, identifiers);
            }
        }
        Map<String, String> inOrder = LinkedHashMap.newLinkedHashMap(wanted.size());
        wanted.forEach(name -> inOrder.put(name, identifiers.get(name)));
        return inOrder;
    }

    private static void claim(String name, String identifier, Set<String> taken, Map<String, String> identifiers) {
        if (!identifiers.containsKey(name) && taken.add(fold(identifier))) {
            identifiers.put(name, identifier);
        }
    }

    /// As DuckDB compares: without regard to the case of ASCII letters, and of those only.
    static String fold(String name) {
        char[] chars = name.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= 'A' && chars[i] <= 'Z') {
                chars[i] += 'a' - 'A';
            }
        }
        return new String(chars);
    }

    /// Quoted for SQL.
    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /// Two names are not possible: the empty one, and one with the character that ends a text in C.
    private static String legal(String name) {
        return name.isEmpty() ? "unnamed" : name.replace('\0', '_');
    }

    private static String suffixed(String name) {
        return "%s_%08x".formatted(name, name.hashCode());
    }
}
