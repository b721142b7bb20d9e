package dev.sluice.source.commcare;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sluice.cdk.config.ConfigForm;
import dev.sluice.cdk.config.Setting;
import java.util.List;
import java.util.Optional;

/// The first four settings are those of Airbyte's connector; the others are optional.
@ConfigForm(title = "Commcare Source Spec")
public record CommcareConfig(
        @Setting(
                title = "API Key",
                description = "User and API key as user@example.org:0123456789abcdef. The key is made under My Account"
                        + " Settings, API Keys.",
                order = 0,
                secret = true,
                env = "COMMCARE_API_KEY")
        String apiKey,

        @Setting(
                title = "Project Space",
                description = "Name of the project space as it stands in the address: /a/NAME/",
                order = 1,
                pattern = "^[^/\\s]+$",
                patternDescriptor = "a name without spaces and slashes",
                examples = "\"my-project\"")
        String projectSpace,

        @Setting(
                title = "Application ID",
                description = "The application whose forms are read; the last part of its address.",
                order = 2,
                pattern = "^[^/\\s]+$",
                patternDescriptor = "an id without spaces and slashes")
        String appId,

        @Setting(
                title = "Start date for extracting records",
                description = "The first sync reads what was indexed since then, as 2017-01-25T00:00:00Z.",
                order = 3,
                defaultValue = "\"2022-10-01T00:00:00Z\"",
                pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
                patternDescriptor = "YYYY-MM-DDTHH:MM:SSZ")
        String startDate,

        @Setting(
                title = "Fields to leave out of forms",
                description = "A field of a form is left out, however deep, when its name is or begins with one of"
                        + " these.",
                order = 4)
        List<String> formFieldsToExclude,

        @Setting(
                title = "Record format",
                description = "flattened: one column per answer, and the whole submission or case in the column data."
                        + " data: id, indexed_on and data only. raw: the fields of CommCare's API as they are.",
                order = 5,
                defaultValue = "\"flattened\"")
        RecordFormat recordFormat,

        @Setting(
                title = "Cases",
                description = "all: every case of the project space. related_to_forms: those that a form of the"
                        + " application touched; for cases whose forms were read earlier, CommCare is asked one by"
                        + " one.",
                order = 6,
                defaultValue = "\"all\"")
        CaseFilter caseFilter,

        @Setting(
                title = "Address of CommCare HQ",
                description = "For other regions and servers of your own, for example https://india.commcarehq.org",
                order = 7,
                defaultValue = "\"https://www.commcarehq.org\"",
                pattern = "^https?://[^/\\s]+.*$",
                patternDescriptor = "https://HOST")
        String baseUrl,

        @Setting(
                title = "Rows per request",
                description = "At most 1000 forms or 5000 cases, which is also the default. Choose less when"
                        + " submissions are large or CommCare is slow to answer.",
                order = 8,
                minimum = 1,
                maximum = 5000)
        Optional<Integer> pageSize,

        @Setting(
                title = "Lookback in minutes",
                description = "Rows indexed this recently are asked for again by the next sync, because CommCare may"
                        + " show a row later than a younger one. Those already emitted are not emitted again.",
                order = 9,
                minimum = 0,
                maximum = 1440,
                defaultValue = "1")
        int lookbackMinutes) {

    public CommcareConfig {
        formFieldsToExclude = formFieldsToExclude == null ? List.of() : List.copyOf(formFieldsToExclude);
        pageSize = pageSize == null ? Optional.empty() : pageSize;
    }

    public enum RecordFormat {
        @JsonProperty("flattened")
        FLATTENED,
        @JsonProperty("data")
        DATA,
        @JsonProperty("raw")
        RAW
    }

    public enum CaseFilter {
        @JsonProperty("all")
        ALL,
        @JsonProperty("related_to_forms")
        RELATED_TO_FORMS
    }
}
