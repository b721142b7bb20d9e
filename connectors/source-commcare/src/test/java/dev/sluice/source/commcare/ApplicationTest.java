package dev.sluice.source.commcare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.protocol.json.Json;
import dev.sluice.source.commcare.Application.Form;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ApplicationTest {
    @Test
    void namesFormsInEnglishThenInTheLanguagesOfTheApplicationThenInAny() throws IOException {
        Application application = parse("""
                {"langs": ["hin", "fra"], "modules": [{"forms": [
                  {"xmlns": "http://x/AAAAA", "name": {"fra": "Un", "en": " One "}},
                  {"xmlns": "http://x/BBBBB", "name": {"fra": "Deux", "hin": "दो"}},
                  {"xmlns": "http://x/CCCCC", "name": {"por": "Três"}},
                  {"xmlns": "http://x/DDDDD", "name": {"en": "  ", "fra": "Quatre"}},
                  {"xmlns": "http://x/EEEEE", "name": {}},
                  {"xmlns": "http://x/FFFFF"}]}]}""");

        assertThat(names(application)).containsExactly("One", "Quatre", "Três", "Unnamed_EEEEE", "Unnamed_FFFFF", "दो");
    }

    @Test
    void findsFormsByTheNamesOfAirbytesConnectorToo() throws IOException {
        Application application = parse("""
                {"modules": [{"forms": [
                  {"xmlns": "http://x/BBBBB", "name": {"fra": "Deux"}},
                  {"xmlns": "http://x/ONE11", "name": {"en": "Visit"}},
                  {"xmlns": "http://x/TWO22", "name": {"en": "Visit"}}]}]}""");

        assertThat(application.form("Unnamed_BBBBB")).map(Form::name).contains("Deux");
        assertThat(application.form("Visit")).map(Form::xmlns).contains("http://x/TWO22");
        assertThat(application.form("Nothing")).isEmpty();
    }

    @Test
    void tellsFormsOfOneNameApartByTheirXmlns() throws IOException {
        Application application = parse("""
                {"modules": [{"forms": [
                  {"xmlns": "http://x/1/SAME5", "name": {"en": "Visit"}},
                  {"xmlns": "http://x/2/SAME5", "name": {"en": "Visit"}},
                  {"xmlns": "http://x/OTHER", "name": {"en": "Visit"}},
                  {"xmlns": "http://x/LAST0", "name": {"en": "Visit"}},
                  {"xmlns": "http://x/CASES", "name": {"en": "zzz_case"}}]}]}""");

        assertThat(application.forms())
                .extracting(Form::name, Form::xmlns)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("Visit", "http://x/LAST0"),
                        org.assertj.core.groups.Tuple.tuple("Visit_/SAME5", "http://x/1/SAME5"),
                        org.assertj.core.groups.Tuple.tuple("Visit_OTHER", "http://x/OTHER"),
                        org.assertj.core.groups.Tuple.tuple("Visit_SAME5", "http://x/2/SAME5"),
                        org.assertj.core.groups.Tuple.tuple("zzz_case_CASES", "http://x/CASES"));
    }

    @Test
    void takesAFormThatStandsInTwoModulesForOne() throws IOException {
        Application application = parse("""
                {"modules": [
                  {"forms": [{"xmlns": "http://x/AAAAA", "name": {"en": "Visit"}, "questions": [{"value": "/data/a"}]}]},
                  {"forms": [{"xmlns": "http://x/AAAAA", "name": {"en": "Visit"}, "questions": [{"value": "/data/b"}]}]}]}""");

        assertThat(application.forms()).hasSize(1);
        assertThat(application.forms().getFirst().answers()).containsExactly("a", "b");
    }

    @Test
    void leavesOutAModuleThatCannotBeLoadedAndAFormWithoutXmlnsAndSaysSo() throws IOException {
        Application application = parse("""
                {"modules": [{"error": "broken"}, {}, {"forms": [
                  {"xmlns": null, "name": {"en": "Draft"}},
                  {"name": {}, "unique_id": "f7"},
                  {"xmlns": "http://x/AAAAA", "name": {"en": "Visit"}}]}]}""");

        assertThat(names(application)).containsExactly("Visit");
        assertThat(application.warnings())
                .containsExactly(
                        "CommCare HQ cannot load a module of the application, its forms are left out: broken",
                        "the form 'Draft' has no xmlns and is left out: CommCare HQ cannot tell its submissions from others",
                        "the form 'f7' has no xmlns and is left out: CommCare HQ cannot tell its submissions from others");
    }

    private static Application parse(String document) throws IOException {
        JsonNode json = Json.mapper().readTree(document);
        return Application.parse((ObjectNode) json);
    }

    private static List<String> names(Application application) {
        return application.forms().stream().map(Form::name).toList();
    }
}
