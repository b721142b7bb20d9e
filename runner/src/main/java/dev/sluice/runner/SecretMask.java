package dev.sluice.runner;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.protocol.AirbyteLogMessage.Level;
import dev.sluice.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps secrets out of everything that is shown or written (invariant 6), in two ways. By value: the values a
/// spec marks as secret, however their characters are written (JSON, URL, base64). By key: what stands behind a
/// name that means a secret, as in `password=...`, known or not.
///
/// What it does not find is said in docs/reference/secrets.md.
public final class SecretMask {
    private static final String MASK = "****";

    /// Shorter values would blank out ordinary words.
    private static final int MIN_LENGTH = 4;

    /// So much of a secret at the end of a text is the secret, cut off: lines have a longest length.
    private static final int CUT_OFF = 8;

    /// A longer secret is learned in pieces of this, which keeps the search shallow.
    private static final int PIECE = 1000;

    /// No name of a secret is longer, with all before it that belongs to it: what stands before a `=` may as well be
    /// a file in base64.
    private static final int MAX_NAME = 100;

    /// No escape has more backslashes: each JSON within JSON doubles them.
    private static final int MAX_BACKSLASHES = 31;

    /// What is looked at beyond the end of a text that is cut: a piece of a secret, each character in its longest
    /// spelling, `%F0%9F%98%80`.
    private static final int BEYOND = 12 * PIECE;

    /// Values that every log is full of. A password like that keeps nobody out, and masking it would hide the names
    /// of connectors, schemas and roles.
    private static final Set<String> WORDS = Set.of(("true false null none default public postgres postgresql mysql"
                    + " admin root user test guest localhost airbyte password secret token")
            .split(" "));

    /// Names that mean a secret in any configuration, log and header, without case and separators.
    private static final Set<String> NAMES = Set.of(
            "password",
            "passwd",
            "pwd",
            "passphrase",
            "secret",
            "clientsecret",
            "token",
            "accesstoken",
            "refreshtoken",
            "idtoken",
            "apitoken",
            "authtoken",
            "bearertoken",
            "clienttoken",
            "sessiontoken",
            "sastoken",
            "jwt",
            "apikey",
            "secretkey",
            "secretaccesskey",
            "privatekey",
            "authorization",
            "proxyauthorization");

    private static final Pattern SCHEME = Pattern.compile("(?i)(?:Bearer|Basic|Token|Digest|ApiKey|OAuth) +");
    private static final Pattern PASSWORD_IN_URL = Pattern.compile("://[^\\s/?#:@]*:([^\\s/?#]+)@");
    private static final Pattern CUT_ESCAPE =
            Pattern.compile("(?i)(?:%[0-9a-f]{2}){0,3}(?:%[0-9a-f]?)?|\\\\+(?:u[0-9a-f]{0,3})?");
    private static final Set<String> NO_VALUES = Set.of("", "null", "none", "true", "false", MASK);

    /// What is known so far; replaced as a whole, so that any thread may look.
    private record Known(Node root, BitSet firsts, Set<String> names) {}

    /// One character of the secrets that begin alike.
    private static final class Node {
        private static final Node[] NONE = {};

        final int depth;
        boolean ends;

        /// Most have one; only the root has many, and of what it has another set tells first.
        private Node[] next = NONE;

        private char[] chars = {};

        Node(int depth) {
            this.depth = depth;
        }

        Node next(char c) {
            for (int i = 0; i < chars.length; i++) {
                if (chars[i] == c) {
                    return next[i];
                }
            }
            return null;
        }

        void add(String secret) {
            Node node = this;
            for (int i = 0; i < secret.length(); i++) {
                Node known = node.next(secret.charAt(i));
                if (known == null) {
                    known = new Node(i + 1);
                    node.chars = Arrays.copyOf(node.chars, node.chars.length + 1);
                    node.chars[node.chars.length - 1] = secret.charAt(i);
                    node.next = Arrays.copyOf(node.next, node.next.length + 1);
                    node.next[node.next.length - 1] = known;
                }
                node = known;
            }
            node.ends = true;
        }
    }

    private final Set<String> found = new LinkedHashSet<>();
    private final Set<String> names = new HashSet<>(NAMES);
    private volatile Known known = new Known(new Node(0), new BitSet(), NAMES);

    /// Learns the secrets of one configuration, and the names its spec gives to secrets. What was learned before
    /// stays known: a token that has been replaced may still be printed.
    public synchronized void learn(JsonNode config, JsonNode schema) {
        int before = found.size() + names.size();
        collect(config, schema);
        collectByName(config);
        if (found.size() + names.size() == before) {
            return;
        }
        Node root = new Node(0);
        found.forEach(root::add);
        BitSet firsts = new BitSet();
        for (char first : root.chars) {
            firsts.set(first);
        }
        if (root.chars.length > 0) {
            "%\\+".chars().forEach(firsts::set); // The first character may be an encoded one.
        }
        known = new Known(root, firsts, Set.copyOf(names));
    }

    public String apply(String text) {
        Known all = known;
        return maskKeys(maskValues(text, all), all.names());
    }

    /// The same, cut to so many characters, in time that depends on these alone. A secret that lies across the cut is
    /// not seen in part.
    public String apply(String text, int max) {
        if (text.length() <= max) {
            return apply(text);
        }
        String masked = apply(text.substring(0, Math.min(max + BEYOND, text.length())));
        // The window may itself have cut a secret, too short to be known; so its last characters are not shown.
        int whole = text.length() <= max + BEYOND || masked.endsWith(MASK) ? masked.length() : masked.length() - BEYOND;
        return masked.substring(0, Math.clamp(whole, 0, max)) + "…";
    }

    /// The same error, but one which shows no secret: most hold only words of our own, but what comes from deeper down
    /// may quote anything.
    public RunnerException over(RunnerException unmasked) {
        return unmasked.reworded(this::apply);
    }

    /// The same log, but one which shows no secret (invariant 6), and no more than [RunLog#MAX_TEXT] of each.
    public RunLog over(RunLog unmasked) {
        return new RunLog() {
            @Override
            public void line(Level level, String connector, String text) {
                unmasked.line(level, connector, apply(text, RunLog.MAX_TEXT));
            }

            @Override
            public Optional<String> begins(long sync) {
                return unmasked.begins(sync);
            }
        };
    }

    private void collect(JsonNode config, JsonNode schema) {
        if (schema.path("airbyte_secret").asBoolean()) {
            leaves(config);
        }
        for (var property : schema.path("properties").properties()) {
            if (property.getValue().path("airbyte_secret").asBoolean()) {
                names.add(plain(property.getKey()));
            }
            collect(config.path(property.getKey()), property.getValue());
        }
        for (String alternatives : List.of("oneOf", "anyOf", "allOf")) {
            for (JsonNode branch : schema.path(alternatives)) {
                collect(config, branch);
            }
        }
        JsonNode items = schema.path("items");
        if (config.isArray()) {
            config.forEach(element -> collect(element, items));
        } else if (!items.isMissingNode()) {
            collect(config.path(0), items); // For the names in it.
        }
    }

    /// A spec may have forgotten a mark, and a connector may add settings its spec does not know.
    private void collectByName(JsonNode config) {
        for (var property : config.properties()) {
            if (property.getValue().isValueNode() && isSecretName(property.getKey(), NAMES)) {
                leaves(property.getValue());
            }
        }
        config.forEach(inner -> {
            if (inner.isContainerNode()) {
                collectByName(inner);
            } else if (inner.isTextual()) {
                passwordInUrl(inner.asText());
            }
        });
    }

    private void leaves(JsonNode value) {
        if (value.isContainerNode()) {
            value.forEach(this::leaves);
        } else if (value.isTextual() || value.isNumber()) {
            secret(value.asText());
        }
    }

    private void secret(String secret) {
        String value = secret.strip();
        if (value.length() < MIN_LENGTH || WORDS.contains(value.toLowerCase(Locale.ROOT))) {
            return;
        }
        for (int from = 0; from < value.length(); from += PIECE) {
            String piece = value.substring(from, Math.min(from + PIECE, value.length()));
            if (piece.length() >= MIN_LENGTH && found.add(piece)) {
                base64(piece);
            }
        }
        if (value.indexOf('\n') >= 0) {
            // A private key is printed line by line. Its frame is no secret.
            value.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= CUT_OFF && !line.startsWith("-----"))
                    .forEach(this::secret);
        }
        if (value.startsWith("{")) {
            try {
                collectByName(Json.mapper().readTree(value)); // A key file, as one text.
            } catch (JacksonException e) {
                // Then it is one text like any other.
            }
        }
        passwordInUrl(value);
    }

    private void passwordInUrl(String value) {
        Matcher url = PASSWORD_IN_URL.matcher(value);
        if (url.find()) {
            String password = url.group(1);
            if (password.length() >= MIN_LENGTH && !WORDS.contains(password.toLowerCase(Locale.ROOT))) {
                found.add(percentDecoded(password)); // Either way of writing it is found then.
                base64(percentDecoded(password));
            }
        }
    }

    private static String percentDecoded(String text) {
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < text.length(); ) {
            int[] point = text.charAt(i) == '%' ? percent(text, i) : null;
            if (point == null) {
                decoded.append(text.charAt(i++));
            } else {
                decoded.appendCodePoint(point[0]);
                i = point[1];
            }
        }
        return decoded.toString();
    }

    /// As it looks in the middle of something that is encoded whole, like `user:password`: three ways, after how
    /// many bytes stand before it. The characters at either end depend on its neighbours and are left out.
    private void base64(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
            int from = before == 0 ? 0 : before + 1;
            int to = shifted.length * 8 / 6;
            if (to - from > MIN_LENGTH) {
                String inner = all.substring(from, to);
                found.add(inner);
                found.add(inner.replace('+', '-').replace('/', '_'));
            }
        }
    }

    private static String maskValues(String text, Known known) {
        StringBuilder masked = null;
        int copied = 0;
        int from = 0;
        int to = 0; // text[from, to) is what is being masked: secrets may overlap or touch.
        for (int i = 0; i < text.length(); i++) {
            if (!known.firsts().get(text.charAt(i))) {
                continue;
            }
            int end = longest(known.root(), text, i);
            if (end > to) {
                if (i > to) {
                    if (to > from) {
                        masked = (masked == null ? new StringBuilder() : masked)
                                .append(text, copied, from)
                                .append(MASK);
                        copied = to;
                    }
                    from = i;
                }
                to = end;
            }
        }
        if (to > from) {
            masked = (masked == null ? new StringBuilder() : masked)
                    .append(text, copied, from)
                    .append(MASK);
            copied = to;
        }
        return masked == null
                ? text
                : masked.append(text, copied, text.length()).toString();
    }

    /// The end of the longest secret that begins at `at`, whichever way its characters are written; -1 when none
    /// does.
    private static int longest(Node start, String text, int at) {
        int end = -1;
        Node node = start;
        for (int i = at; node != null; i++) {
            if (node.ends) {
                end = Math.max(end, i);
            }
            if (i == text.length()) {
                return node.depth >= CUT_OFF ? i : end;
            }
            char c = text.charAt(i);
            if (node.depth >= CUT_OFF && node.chars.length > 0 && isCutEscape(text, i)) {
                return text.length();
            }
            switch (c) {
                case '%' -> {
                    int[] point = percent(text, i);
                    if (point != null) {
                        end = Math.max(end, behind(node, Character.toString(point[0]), text, point[1]));
                    }
                }
                case '+' -> end = Math.max(end, behind(node, " ", text, i + 1));
                case '\\' -> end = Math.max(end, behindEscape(node, text, i));
                default -> {}
            }
            node = node.next(c);
        }
        return end;
    }

    /// Whether the text ends within what would be a character.
    private static boolean isCutEscape(String text, int at) {
        char c = text.charAt(at);
        return (c == '%' || c == '\\')
                && text.length() - at <= MAX_BACKSLASHES + "uXXX".length()
                && CUT_ESCAPE.matcher(text).region(at, text.length()).matches();
    }

    private static int behind(Node node, String decoded, String text, int at) {
        Node next = node;
        for (int i = 0; i < decoded.length() && next != null; i++) {
            next = next.next(decoded.charAt(i));
        }
        return next == null ? -1 : longest(next, text, at);
    }

    /// `\"`, `\n`, `\u00e9`; with more backslashes when it is JSON within JSON.
    private static int behindEscape(Node node, String text, int at) {
        int i = at;
        while (i < text.length() && i - at < MAX_BACKSLASHES && text.charAt(i) == '\\') {
            i++;
        }
        int backslashes = i - at;
        int end = -1;
        for (int escaped = 2; escaped <= Math.min(backslashes, 4); escaped *= 2) {
            end = Math.max(end, behind(node, "\\", text, at + escaped));
        }
        if (i == text.length()) {
            return end;
        }
        char c = text.charAt(i);
        return Math.max(
                end,
                switch (c) {
                    case 'n' -> behind(node, "\n", text, i + 1);
                    case 'r' -> behind(node, "\r", text, i + 1);
                    case 't' -> behind(node, "\t", text, i + 1);
                    case 'b' -> behind(node, "\b", text, i + 1);
                    case 'f' -> behind(node, "\f", text, i + 1);
                    case 'u' -> {
                        int unit = hex(text, i + 1, 4);
                        yield unit < 0 ? -1 : behind(node, String.valueOf((char) unit), text, i + 5);
                    }
                    default -> behind(node, String.valueOf(c), text, i + 1);
                });
    }

    /// The code point that is percent-encoded at `at`, and where it ends; null when none is.
    private static int[] percent(String text, int at) {
        int lead = hex(text, at + 1, 2);
        int more = lead < 0 ? -1 : lead < 0x80 ? 0 : lead < 0xC0 ? -1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if (more < 0) {
            return null;
        }
        int point = more == 0 ? lead : lead & (0x3F >> more);
        int i = at + 3;
        for (int k = 0; k < more; k++, i += 3) {
            int next = i < text.length() && text.charAt(i) == '%' ? hex(text, i + 1, 2) : -1;
            if (next < 0) {
                return null;
            }
            point = point << 6 | next & 0x3F;
        }
        return Character.isValidCodePoint(point) ? new int[] {point, i} : null;
    }

    private static int hex(String text, int at, int digits) {
        if (at + digits > text.length()) {
            return -1;
        }
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            int digit = Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return -1;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Masks what stands behind a secret's name and `:` or `=`.
    private static String maskKeys(String text, Set<String> names) {
        Deque<int[]> values = new ArrayDeque<>();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != ':' && c != '=') {
                continue;
            }
            int[] value = text.startsWith("://", i)
                    ? passwordInUrl(text, i)
                    : isSecretName(nameBefore(text, i), names) ? valueBehind(text, i + 1) : null;
            if (value != null
                    && !NO_VALUES.contains(text.substring(value[0], value[1]).toLowerCase(Locale.ROOT))) {
                values.add(value);
                i = value[1] - 1;
            }
        }
        if (values.isEmpty()) {
            return text;
        }
        StringBuilder masked = new StringBuilder();
        int copied = 0;
        for (int[] value : values) {
            masked.append(text, copied, value[0]).append(MASK);
            copied = value[1];
        }
        return masked.append(text, copied, text.length()).toString();
    }

    private static int[] passwordInUrl(String text, int at) {
        int colon = -1;
        int end = -1;
        for (int i = at + 3; i < text.length() && " \t\n\r\"'<>/?#".indexOf(text.charAt(i)) < 0; i++) {
            if (text.charAt(i) == ':' && colon < 0) {
                colon = i;
            } else if (text.charAt(i) == '@') {
                end = i;
            }
        }
        return colon < 0 || end < colon ? null : new int[] {colon + 1, end};
    }

    /// `password`, from `"password" :`, `\"password\":`, `db.password =`.
    private static String nameBefore(String text, int at) {
        int end = at;
        while (end > 0 && " \"'`\\".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        int start = end;
        while (start > 0 && end - start < MAX_NAME && isOfName(text.charAt(start - 1))) {
            start--;
        }
        return text.substring(start, end);
    }

    private static boolean isOfName(char c) {
        return c < 128 && (Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.');
    }

    /// `X-Api-Key` and `db_password` end with a name that means a secret.
    private static boolean isSecretName(String name, Set<String> names) {
        for (int from = 0; from >= 0 && from < name.length(); ) {
            if (names.contains(plain(name.substring(from)))) {
                return true;
            }
            int next = -1;
            for (int i = from; i < name.length() && next < 0; i++) {
                next = "_-.".indexOf(name.charAt(i)) >= 0 ? i + 1 : -1;
            }
            from = next;
        }
        return false;
    }

    private static String plain(String name) {
        StringBuilder plain = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (Character.isLetterOrDigit(name.charAt(i))) {
                plain.append(Character.toLowerCase(name.charAt(i)));
            }
        }
        return plain.toString();
    }

    /// From where to where the value lies; null when there is none, or it is an object, whose names count then.
    private static int[] valueBehind(String text, int at) {
        int from = at;
        while (from < text.length() && " \t>".indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        int backslashes = 0;
        while (from < text.length() && text.charAt(from) == '\\') {
            from++;
            backslashes++;
        }
        if (from == text.length() || text.charAt(from) == '{') {
            return null;
        }
        char first = text.charAt(from);
        if (first == '"' || first == '\'') {
            return new int[] {from + 1, closing(text, first, backslashes, from + 1)};
        }
        if (first == '[') {
            int end = text.indexOf(']', from);
            return new int[] {from + 1, end < 0 ? text.length() : end};
        }
        Matcher scheme = SCHEME.matcher(text).region(from, text.length());
        if (scheme.lookingAt()) {
            from = scheme.end();
        }
        int to = from;
        while (to < text.length() && " \t\r\n,;&\"'()[]{}<>\\".indexOf(text.charAt(to)) < 0) {
            to++;
        }
        return new int[] {from, to};
    }

    /// The quote that has no more backslashes before it than the opening one; the end of the text when it was cut.
    private static int closing(String text, char quote, int backslashes, int from) {
        int run = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == quote && run <= backslashes) {
                return i - run;
            }
            run = c == '\\' ? run + 1 : 0;
        }
        return text.length();
    }
}
