package dev.tollbar.examples.live2d;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The tools as clients see them, out of {@code tools.json}, and what each of them does. */
final class Toolbox {

  private final Map<String, Function<Arguments, Map<String, Object>>> work;

  private Toolbox(Map<String, Function<Arguments, Map<String, Object>>> work) {
    this.work = work;
  }

  static Toolbox of(Studio studio) {
    return new Toolbox(
        Map.ofEntries(
            Map.entry("analyze_photo", studio::analyzePhoto),
            Map.entry("analyze_parts_with_ai", studio::analyzeParts),
            Map.entry("detect_face_features", studio::detectFaceFeatures),
            Map.entry("segment_detected_parts", studio::segmentParts),
            Map.entry("generate_layers", studio::generateLayers),
            Map.entry("create_mesh", studio::createMesh),
            Map.entry("setup_rigging", studio::setupRigging),
            Map.entry("configure_physics", studio::configurePhysics),
            Map.entry("generate_motions", studio::generateMotions),
            Map.entry("export_model", studio::exportModel),
            Map.entry("build_cubism_psd", studio::buildPsd),
            Map.entry("prepare_cubism_automation", studio::prepareAutomation),
            Map.entry("execute_cubism_dispatch", studio::executeDispatch),
            Map.entry("resume_cubism_dispatch", studio::resumeDispatch),
            Map.entry("validate_cubism_export", studio::validateExport),
            Map.entry("close_session", studio::closeSession),
            Map.entry("full_pipeline", studio::fullPipeline)));
  }

  List<SyncToolSpecification> specifications(McpJsonMapper json) throws IOException {
    return descriptions(json).stream()
        .map(tool -> specification(tool, Objects.requireNonNull(work.get(tool.name())), json))
        .toList();
  }

  private static List<Tool> descriptions(McpJsonMapper json) throws IOException {
    try (InputStream in = Objects.requireNonNull(Toolbox.class.getResourceAsStream("tools.json"))) {
      return json.readValue(in.readAllBytes(), new TypeRef<>() {});
    }
  }

  private static SyncToolSpecification specification(
      Tool tool, Function<Arguments, Map<String, Object>> work, McpJsonMapper json) {
    return SyncToolSpecification.builder()
        .tool(tool)
        .callHandler((client, request) -> result(request, work, json))
        .build();
  }

  private static CallToolResult result(
      CallToolRequest request, Function<Arguments, Map<String, Object>> work, McpJsonMapper json) {
    try {
      Map<String, Object> answer = work.apply(new Arguments(request.arguments()));
      return CallToolResult.builder()
          .addTextContent(json.writeValueAsString(answer))
          .structuredContent(answer)
          .isError(false)
          .build();
    } catch (UnusableCallException | IOException e) {
      return CallToolResult.builder()
          .addTextContent(String.valueOf(e.getMessage()))
          .isError(true)
          .build();
    }
  }
}
