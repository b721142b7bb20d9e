package dev.sluice.source.commcare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A tree as columns: the names on the way down joined with `_`, places of a list counted from 0. An empty object
/// or list is a value. Where two paths make one name, the later one stays.
final class Flat {
    private Flat() {}

    static void put(ObjectNode target, String name, JsonNode value) {
        if (value.isObject() && !value.isEmpty()) {
            for (var field : value.properties()) {
                put(target, name + "_" + field.getKey(), field.getValue());
            }
        } else if (value.isArray() && !value.isEmpty()) {
            for (int i = 0; i < value.size(); i++) {
                put(target, name + "_" + i, value.get(i));
            }
        } else {
            target.set(name, value);
        }
    }
}
