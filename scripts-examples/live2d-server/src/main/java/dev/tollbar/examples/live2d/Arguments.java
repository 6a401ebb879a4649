package dev.tollbar.examples.live2d;

import java.util.List;
import java.util.Map;

/** The arguments of one call, which the SDK has checked against the tool's input schema. */
record Arguments(Map<String, Object> values) {

  String text(String name) {
    if (values.get(name) instanceof String text) {
      return text;
    }
    throw new UnusableCallException("The argument " + name + " is missing.");
  }

  String text(String name, String otherwise) {
    return values.get(name) instanceof String text ? text : otherwise;
  }

  int whole(String name, int otherwise) {
    return values.get(name) instanceof Number number ? number.intValue() : otherwise;
  }

  double number(String name, double otherwise) {
    return values.get(name) instanceof Number number ? number.doubleValue() : otherwise;
  }

  List<String> texts(String name) {
    return values.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}
