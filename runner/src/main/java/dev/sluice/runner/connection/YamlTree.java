package dev.sluice.runner.connection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// A YAML file as JSON, that remembers the line of every key and which values were references.
final class YamlTree {
    private static final int MAX_DEPTH = 50;

    /// What the parser says without a word of the file. Kinds of tokens, such as `<block end>`, are none.
    private static final Pattern QUOTES_NOTHING =
            Pattern.compile("(?:could not find|mapping values|mapping keys|sequence entries|special characters|found"
                    + " unexpected (?:end|document)|found character '\\\\t|but found another document| the leading empty"
                    + "|A simple key|The incoming YAML|Number of aliases).*"
                    + "|expected [^ ].*, but (?:found|got) '?(?:<[a-z ]+>|[\\[\\]{}:?,])'?");

    private final References references;
    private final Problems problems;
    private final Map<String, Integer> lines = new HashMap<>();
    private final Set<String> referenced = new HashSet<>();
    private final Set<String> unresolved = new HashSet<>();
    private JsonNode root = Json.mapper().missingNode();

    private YamlTree(References references, Problems problems) {
        this.references = references;
        this.problems = problems;
    }

    static YamlTree parse(String text, References references, Problems problems) {
        YamlTree tree = new YamlTree(references, problems);
        try {
            new Compose(LoadSettings.builder().setSchema(new CoreSchema()).build())
                    .composeString(text)
                    .ifPresent(node -> tree.root = tree.json(node, "", 0));
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            problems.add(line, "", "is not YAML: " + words(e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(0, "", "is not YAML: " + words(e.getMessage()));
        }
        return tree;
    }

    /// The parser's words, unless they quote the file: what is not YAML may be a password, and no mask knows it yet.
    private static String words(String problem) {
        if (QUOTES_NOTHING.matcher(problem).matches()) {
            return problem;
        }
        return problem.contains("escape character") || problem.contains("escape sequence of ")
                ? "a backslash within \"…\" is written \\\\; or use '…'"
                : "a value that begins with one of `* & ! | > @ %` or a backtick needs quotes";
    }

    /// The same tree from a program: no lines, and every text is meant as it stands.
    static YamlTree of(JsonNode root, Problems problems) {
        YamlTree tree = new YamlTree(null, problems);
        tree.root = root;
        return tree;
    }

    JsonNode root() {
        return root;
    }

    /// The line of a key, or of the nearest one around it; 0 when there is none.
    int line(String key) {
        for (String at = key; !at.isEmpty(); at = at.substring(0, Math.max(0, at.lastIndexOf('.')))) {
            Integer line = lines.get(at);
            if (line != null) {
                return line;
            }
        }
        return 0;
    }

    /// Whether the value came from `${...}`, so that its type is not the user's word.
    boolean isReference(String key) {
        return referenced.contains(key);
    }

    /// Whether that has failed, and is reported: then nothing more can be said about the value.
    boolean isUnresolved(String key) {
        return unresolved.contains(key);
    }

    private JsonNode json(Node node, String key, int depth) {
        if (depth > MAX_DEPTH) {
            problems.add(line(key), key, "is nested too deeply, or contains itself");
            return Json.mapper().nullNode();
        }
        return switch (node) {
            case MappingNode mapping -> {
                ObjectNode object = Json.mapper().createObjectNode();
                for (NodeTuple tuple : mapping.getValue()) {
                    String name = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                    String child = key.isEmpty() ? name : key + "." + name;
                    int line = tuple.getKeyNode()
                            .getStartMark()
                            .map(mark -> mark.getLine() + 1)
                            .orElse(0);
                    if (lines.putIfAbsent(child, line) != null) {
                        problems.add(line, child, "stands there twice; the first is in line " + lines.get(child));
                        continue;
                    }
                    object.set(name, json(tuple.getValueNode(), child, depth + 1));
                }
                yield object;
            }
            case SequenceNode sequence -> {
                ArrayNode array = Json.mapper().createArrayNode();
                for (Node element : sequence.getValue()) {
                    String child = key + "." + array.size();
                    lines.put(
                            child,
                            element.getStartMark()
                                    .map(mark -> mark.getLine() + 1)
                                    .orElse(0));
                    array.add(json(element, child, depth + 1));
                }
                yield array;
            }
            case ScalarNode scalar -> scalar(scalar, key);
            default -> {
                problems.add(line(key), key, "is a kind of YAML that is not understood here");
                yield Json.mapper().nullNode();
            }
        };
    }

    private JsonNode scalar(ScalarNode scalar, String key) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return Json.mapper().nullNode();
        }
        if (tag.equals(Tag.BOOL)) {
            return Json.mapper().getNodeFactory().booleanNode(text.equalsIgnoreCase("true"));
        }
        if (tag.equals(Tag.INT) && text.matches("[-+]?\\d+")) {
            return Json.mapper().getNodeFactory().numberNode(new BigInteger(text));
        }
        if (tag.equals(Tag.FLOAT) && text.matches("[-+]?[\\d.]+([eE][-+]?\\d+)?")) {
            return Json.mapper().getNodeFactory().numberNode(new BigDecimal(text));
        }
        if (!References.isIn(text)) {
            return Json.mapper().getNodeFactory().textNode(text);
        }
        referenced.add(key);
        return Json.mapper().getNodeFactory().textNode(references.resolve(text, problem -> {
            unresolved.add(key);
            problems.add(line(key), key, problem);
        }));
    }
}
