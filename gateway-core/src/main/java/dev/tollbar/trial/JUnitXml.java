package dev.tollbar.trial;

import java.io.StringWriter;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes what came of tests as JUnit's XML, which build servers read. */
final class JUnitXml {

  String of(TestReport report) {
    StringWriter text = new StringWriter();
    text.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", "tollbar test");
      counts(xml, report.files().stream().mapToInt(FileReport::count).sum(), report.failures());
      for (FileReport file : report.files()) {
        suite(xml, file);
      }
      xml.writeCharacters("\n");
      xml.writeEndElement();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("written to memory", e);
    }
    return text.append('\n').toString();
  }

  private static void suite(XMLStreamWriter xml, FileReport file) throws XMLStreamException {
    xml.writeCharacters("\n  ");
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", plain(file.file()));
    counts(xml, file.count(), file.failures());
    for (CaseReport each : file.cases()) {
      xml.writeCharacters("\n    ");
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", plain(file.file()));
      xml.writeAttribute("name", plain(each.name()));
      if (each.failure().isPresent()) {
        String text = plain(new TestText(Palette.PLAIN).of(file.file(), each.failure().get()));
        xml.writeStartElement("failure");
        xml.writeAttribute("message", text.lines().findFirst().orElse(""));
        xml.writeCharacters(text);
        xml.writeEndElement();
      }
      xml.writeEndElement();
    }
    xml.writeCharacters("\n  ");
    xml.writeEndElement();
  }

  private static void counts(XMLStreamWriter xml, int tests, int failures)
      throws XMLStreamException {
    xml.writeAttribute("tests", Integer.toString(tests));
    xml.writeAttribute("failures", Integer.toString(failures));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", "0");
  }

  /** Without what XML cannot hold, escaped or not. */
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints().map(point -> holds(point) ? point : '?').forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean holds(int point) {
    return point == '\t'
        || point == '\n'
        || (point >= 0x20 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }
}
