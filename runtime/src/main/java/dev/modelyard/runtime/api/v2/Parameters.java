package dev.modelyard.runtime.api.v2;

import static dev.modelyard.runtime.api.v2.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;

/**
 * The parameters of a request, an input or an output. The protocol leaves their names open, so
 * unknown ones are let pass; one whose meaning other servers know and this one cannot give is
 * refused, since the answer would not be what was asked for.
 *
 * @param binarySize bytes of an input; null where it is JSON
 * @param binaryOutput null where not said
 */
record Parameters(Long binarySize, Boolean binaryOutput) {
  static final Parameters NONE = new Parameters(null, null);

  private static final int MOST_ENTRIES = 10_000;

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "sequence_id",
          "sequence_start",
          "sequence_end",
          "priority",
          "timeout",
          "classification",
          "shared_memory_region",
          "shared_memory_offset",
          "shared_memory_byte_size");

  static Parameters request(JsonParser parser, String where) throws IOException {
    return read(parser, where, "binary_data_output");
  }

  static Parameters input(JsonParser parser, String where) throws IOException {
    return read(parser, where, "binary_data_size");
  }

  static Parameters output(JsonParser parser, String where) throws IOException {
    return read(parser, where, "binary_data");
  }

  private static Parameters read(JsonParser parser, String where, String known) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw badRequest("%s is not an object", where);
    }
    Long size = null;
    Boolean binary = null;
    int entries = 0;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      count(where, ++entries);
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (UNSUPPORTED.contains(name)) {
        throw badRequest("%s.%s is not supported by this server; leave it out", where, name);
      }
      if (!name.equals(known)) {
        for (int depth = value.isStructStart() ? 1 : 0; depth > 0; count(where, ++entries)) {
          JsonToken next = parser.nextToken();
          depth += next.isStructStart() ? 1 : next.isStructEnd() ? -1 : 0;
        }
        continue;
      }
      if (known.equals("binary_data_size")) {
        boolean whole =
            value == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        if (!whole || parser.getLongValue() < 0) {
          throw badRequest("%s.%s is not a whole number from 0", where, name);
        }
        size = parser.getLongValue();
      } else if (value.isBoolean()) {
        binary = value == JsonToken.VALUE_TRUE;
      } else {
        throw badRequest("%s.%s is not true or false", where, name);
      }
    }
    return new Parameters(size, binary);
  }

  /** The parser keeps names to find duplicates, which takes many times the room of the JSON. */
  private static void count(String where, int entries) {
    if (entries > MOST_ENTRIES) {
      throw badRequest("%s has more than %d entries", where, MOST_ENTRIES);
    }
  }

  static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
