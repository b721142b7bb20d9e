package dev.sluice.cdk.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JacksonException;
import dev.sluice.protocol.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AirbyteTypeTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'string'} | STRING",
                "{'type':'string','format':'uuid'} | STRING",
                "{'type':'string','format':'date'} | DATE",
                "{'type':'string','format':'date-time'} | TIMESTAMP_WITH_TIMEZONE",
                "{'type':'string','format':'date-time','airbyte_type':'timestamp_with_timezone'} | TIMESTAMP_WITH_TIMEZONE",
                "{'type':'string','format':'date-time','airbyte_type':'timestamp_without_timezone'} | TIMESTAMP_WITHOUT_TIMEZONE",
                "{'type':'string','format':'time'} | TIME_WITH_TIMEZONE",
                "{'type':'string','format':'time','airbyte_type':'time_without_timezone'} | TIME_WITHOUT_TIMEZONE",
                "{'type':'boolean'} | BOOLEAN",
                "{'type':'int'} | INTEGER",
                "{'type':'integer'} | INTEGER",
                "{'type':'number'} | NUMBER",
                "{'type':'number','airbyte_type':'integer'} | INTEGER",
                "{'type':'object'} | OBJECT",
                "{'type':'object','properties':{}} | OBJECT",
                "{'type':'array'} | ARRAY",
                "{'type':'array','items':{'type':'string'}} | ARRAY",
                "{'type':['null','integer']} | INTEGER",
                "{'type':['string','null'],'format':'date'} | DATE",
                "{'type':['integer','string']} | UNKNOWN",
                "{'type':['null']} | UNKNOWN",
                "{'type':'null'} | UNKNOWN",
                "{'type':'nonsense'} | UNKNOWN",
                "{'oneOf':[{'type':'null'},{'type':'string','format':'date'}]} | DATE",
                "{'anyOf':[{'type':'integer'},{'type':'integer'}]} | INTEGER",
                "{'anyOf':[{'type':'integer'},{'type':'object'}]} | UNKNOWN",
                "{'properties':{'a':{}}} | OBJECT",
                "{'items':{}} | ARRAY",
                "{} | UNKNOWN",
                "true | UNKNOWN",
                "{'$ref':'WellKnownTypes.json#/definitions/TimestampWithoutTimezone'} | TIMESTAMP_WITHOUT_TIMEZONE",
                "{'$ref':'WellKnownTypes.json#/definitions/Integer'} | INTEGER",
                "{'$ref':'#/definitions/mine'} | UNKNOWN",
            })
    void followsTheSchema(String schema, AirbyteType type) throws JacksonException {
        assertThat(AirbyteType.of(Json.mapper().readTree(schema.replace('\'', '"'))))
                .isEqualTo(type);
    }
}
