package dev.sluice.destination.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.cdk.ConnectorException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Gives names their identifiers, as Airbyte's connector does for ordinary ones: ASCII letters, digits and
/// underscores, letters without their accents, everything else an underscore, none before a digit.
///
/// Two names never get one identifier. Where the plain ones are equal, too long (PostgreSQL cuts at 63 bytes),
/// reserved or without a letter or digit, a hash of the name tells them apart; it does not depend on the order
/// of the names, and who has a column with a hash keeps it. Whose a plain one is that exists is not written down
/// anywhere: when names come to share it, the user must say.
final class Names {
    /// NAMEDATALEN - 1.
    static final int MAX_BYTES = 63;

    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern OTHERS = Pattern.compile("[^A-Za-z0-9_]");
    private static final Pattern NOTHING_LEFT = Pattern.compile("_*");

    private Names() {}

    /// @param names that differ
    /// @param reserved identifiers that nobody may have
    /// @param exists whether an identifier is there from earlier syncs
    /// @param what they are the names of, for example "column of public.users"
    /// @return the identifier of each name, in the order of the names
    /// @throws ConnectorException when names share a plain identifier that exists, and it may be the wrong one's
    static Map<String, String> identifiers(
            Collection<String> names, Set<String> reserved, Predicate<String> exists, String what) {
        Map<String, Integer> claims = new HashMap<>();
        names.forEach(name -> claims.merge(plain(name), 1, Integer::sum));
        Map<String, String> identifiers = LinkedHashMap.newLinkedHashMap(names.size());
        for (String name : names) {
            String plain = plain(name);
            boolean mayBePlain = !reserved.contains(plain)
                    && plain.length() <= MAX_BYTES
                    && (plain.equals(name) || !NOTHING_LEFT.matcher(plain).matches());
            boolean wasHashed = exists.test(hashed(name));
            boolean isPlain = mayBePlain && (plain.equals(name) || claims.get(plain) == 1 && !wasHashed);
            if (mayBePlain && !isPlain && !wasHashed && exists.test(plain)) {
                throw ConnectorException.config(
                        "the %s named %s may belong to %s, which PostgreSQL's names do not tell apart; rename it to %s if it is that of '%s', else put an empty copy of it beside it under that name"
                                .formatted(
                                        what,
                                        quote(plain),
                                        names.stream()
                                                .filter(other -> plain(other).equals(plain))
                                                .map("'%s'"::formatted)
                                                .collect(Collectors.joining(" or ")),
                                        quote(hashed(name)),
                                        name));
            }
            identifiers.put(name, isPlain ? plain : hashed(name));
        }
        return identifiers;
    }

    /// The schema of each namespace.
    static Map<String, String> schemas(Collection<String> namespaces, Predicate<String> exists) {
        Map<String, String> schemas = identifiers(namespaces, Set.of(), exists, "schema");
        // PostgreSQL keeps the prefix for itself.
        schemas.replaceAll((name, schema) -> schema.startsWith("pg_") ? "_" + hashed(name) : schema);
        return schemas;
    }

    /// The table that holds a table's new rows until they are complete; the same in every sync.
    static String staging(String schema, String table) {
        return "%s_staging_%s"
                .formatted(table.substring(0, Math.min(table.length(), 38)), hash(schema + "." + table, 16));
    }

    private static String plain(String name) {
        String decomposed =
                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD)).replaceAll("");
        String plain =
                OTHERS.matcher(BLANKS.matcher(decomposed).replaceAll("_")).replaceAll("_");
        return plain.isEmpty() || Character.isDigit(plain.charAt(0)) ? "_" + plain : plain;
    }

    private static String hashed(String name) {
        String plain = plain(name);
        return plain.substring(0, Math.min(plain.length(), 53)) + "_" + hash(name, 8);
    }

    private static String hash(String text, int digits) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// Quoted for SQL.
    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
