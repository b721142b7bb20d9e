package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What an application says about its forms and cases.
///
/// @param forms one a stream, by name
/// @param caseProperties of all its case types
/// @param warnings about parts that cannot be read
record Application(List<Form> forms, Set<String> caseProperties, List<String> warnings) {
    static final String CASES = "zzz_case";

    /// One form.
    ///
    /// @param name of its stream
    /// @param publishedName what Airbyte's connector calls the stream
    /// @param xmlns tells its submissions from those of other forms
    /// @param answers names of the columns its questions make
    record Form(String name, String publishedName, String xmlns, Set<String> answers) {}

    /// @param document the answer of `application/{id}/?extras=true`
    static Application parse(ObjectNode document) {
        List<String> warnings = new ArrayList<>();
        Set<String> caseProperties = new TreeSet<>();
        Map<List<String>, Form> found = new LinkedHashMap<>();
        List<String> languages = new ArrayList<>(List.of("en"));
        document.path("langs").forEach(language -> languages.add(language.asText()));
        for (JsonNode module : document.path("modules")) {
            if (module.has("error")) {
                warnings.add("CommCare HQ cannot load a module of the application, its forms are left out: "
                        + module.get("error").asText());
            }
            for (JsonNode property : module.path("case_properties")) {
                if (!property.asText().contains("/")) { // parent/name belongs to another case.
                    caseProperties.add(property.asText());
                }
            }
            for (JsonNode form : module.path("forms")) {
                Optional<String> name = name(form.path("name"), languages);
                String xmlns = form.path("xmlns").asText("");
                if (xmlns.isBlank() || form.path("xmlns").isNull()) {
                    warnings.add(
                            "the form '%s' has no xmlns and is left out: CommCare HQ cannot tell its submissions from others"
                                    .formatted(
                                            name.orElse(form.path("unique_id").asText("without a name"))));
                    continue;
                }
                String unnamed = "Unnamed_" + end(xmlns, 5);
                String published = text(form.at("/name/en")).orElse(unnamed);
                // A form may stand in several modules.
                found.computeIfAbsent(
                                List.of(name.orElse(unnamed), xmlns),
                                key -> new Form(key.getFirst(), published, xmlns, new LinkedHashSet<>()))
                        .answers()
                        .addAll(answers(form.path("questions")));
            }
        }
        return new Application(named(List.copyOf(found.values())), caseProperties, List.copyOf(warnings));
    }

    /// The form a configured stream means: by its name here, or by the one Airbyte's connector gave it.
    Optional<Form> form(String stream) {
        return forms.stream()
                .filter(form -> form.name().equals(stream))
                .findFirst()
                .or(() -> forms.stream()
                        .filter(form -> form.publishedName().equals(stream))
                        .reduce((first, last) -> last));
    }

    /// Forms of one name get distinct ones. The last keeps it, because that is the one whose rows Airbyte's
    /// connector read under it; the others get the end of their xmlns, which does not change when forms are added
    /// or moved.
    private static List<Form> named(List<Form> forms) {
        Set<String> taken = new HashSet<>(Set.of(CASES));
        List<Form> named = new ArrayList<>();
        for (Form form : forms.reversed()) {
            String name = form.name();
            for (int length = 5; !taken.add(name); length++) {
                name = form.name() + "_" + end(form.xmlns(), length);
            }
            named.add(new Form(name, form.publishedName(), form.xmlns(), form.answers()));
        }
        named.sort(Comparator.comparing(Form::name));
        return List.copyOf(named);
    }

    /// English first, as Airbyte's connector has it, then the application's languages, then whatever there is.
    private static Optional<String> name(JsonNode names, List<String> languages) {
        for (String language : languages) {
            Optional<String> name = text(names.path(language));
            if (name.isPresent()) {
                return name;
            }
        }
        for (JsonNode any : names) {
            if (text(any).isPresent()) {
                return text(any);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(JsonNode node) {
        return Optional.of(node)
                .filter(JsonNode::isTextual)
                .map(text -> text.asText().strip())
                .filter(text -> !text.isEmpty());
    }

    /// The columns of `/data/group/question`: `group_question`. Groups themselves hold no answer.
    private static Set<String> answers(JsonNode questions) {
        Set<String> answers = new LinkedHashSet<>();
        for (JsonNode question : questions) {
            String path = question.path("value").asText("");
            int root = path.indexOf('/', 1);
            boolean group = Set.of("Group", "Repeat", "FieldList")
                    .contains(question.path("type").asText());
            if (root > 0 && root < path.length() - 1 && !group) {
                answers.add(path.substring(root + 1).replace('/', '_'));
            }
        }
        return answers;
    }

    private static String end(String text, int length) {
        return text.substring(Math.max(0, text.length() - length));
    }
}
