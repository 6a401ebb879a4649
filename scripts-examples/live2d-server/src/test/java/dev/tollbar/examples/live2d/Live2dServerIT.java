package dev.tollbar.examples.live2d;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drives the packaged jar with the official client. */
class Live2dServerIT {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String JAR = System.getProperty("live2d.jar", "");

  private McpSyncClient client;

  @BeforeEach
  void connect() {
    client =
        McpClient.sync(
                new StdioClientTransport(
                    ServerParameters.builder(JAVA).args("-jar", JAR).build(),
                    McpJsonDefaults.getMapper()))
            .requestTimeout(Duration.ofSeconds(60))
            .initializationTimeout(Duration.ofSeconds(60))
            .build();
    client.initialize();
  }

  @AfterEach
  void disconnect() {
    client.closeGracefully();
  }

  @Test
  void listsSeventeenToolsWithTitleSchemaAndAnnotations() {
    List<Tool> tools = client.listTools().tools();

    assertThat(tools)
        .extracting(Tool::name)
        .containsExactlyInAnyOrder(
            "analyze_photo",
            "analyze_parts_with_ai",
            "detect_face_features",
            "segment_detected_parts",
            "generate_layers",
            "create_mesh",
            "setup_rigging",
            "configure_physics",
            "generate_motions",
            "export_model",
            "build_cubism_psd",
            "prepare_cubism_automation",
            "execute_cubism_dispatch",
            "resume_cubism_dispatch",
            "validate_cubism_export",
            "close_session",
            "full_pipeline");
    assertThat(tools)
        .allSatisfy(tool -> {
          assertThat(tool.title()).isNotBlank();
          assertThat(tool.inputSchema()).containsKeys("properties", "required");
          assertThat(tool.annotations().readOnlyHint()).isNotNull();
          assertThat(tool.annotations().destructiveHint()).isNotNull();
        });
    assertThat(tools)
        .filteredOn(tool -> tool.annotations().destructiveHint())
        .extracting(Tool::name)
        .containsExactlyInAnyOrder(
            "export_model",
            "execute_cubism_dispatch",
            "resume_cubism_dispatch",
            "close_session",
            "full_pipeline");
  }

  @Test
  void takesAPhotoToAFinishedModelStepByStep() {
    String session = text("analyze_photo", Map.of("photo", "ann.png"), "session_id");
    Map<String, Object> only = Map.of("session_id", session);

    assertThat(answer("analyze_parts_with_ai", only)).containsKey("parts");
    assertThat(answer("detect_face_features", only)).containsKeys("eye_left", "mouth");
    assertThat(answer("segment_detected_parts", only)).containsEntry("masks", 8);
    assertThat(answer("generate_layers", only)).containsKey("layers");
    assertThat(answer("create_mesh", Map.of("session_id", session, "density", 1)))
        .containsEntry("vertices", 320);
    assertThat(answer("setup_rigging", only)).containsKey("parameters");
    assertThat(answer("configure_physics", Map.of("session_id", session, "wind", 2.5)))
        .containsEntry("wind", 2.5);
    assertThat(
            answer("generate_motions", Map.of("session_id", session, "motions", List.of("wave"))))
        .containsEntry("files", List.of("wave.motion3.json"));
    assertThat(answer("build_cubism_psd", Map.of("session_id", session, "destination", "out")))
        .containsEntry("file", "out/" + session + ".psd");
    assertThat(answer("prepare_cubism_automation", only)).containsKey("steps");
    String dispatch = text("execute_cubism_dispatch", only, "dispatch_id");
    assertThat(
            answer(
                "resume_cubism_dispatch", Map.of("session_id", session, "dispatch_id", dispatch)))
        .containsEntry("status", "finished");
    assertThat(answer("validate_cubism_export", only)).containsEntry("valid", true);
    assertThat(answer("close_session", only)).containsEntry("was_open", true);
    assertThat(answer("close_session", only)).containsEntry("was_open", false);
  }

  @Test
  void makesTheModelInOneCall() {
    assertThat(answer("full_pipeline", Map.of("photo", "ann.png", "destination", "out")))
        .containsEntry("files", List.of("out/model.moc3", "out/model3.json"));
  }

  @Test
  void refusesAStepOutOfOrderAndNamesTheToolThatIsMissing() {
    String session = text("analyze_photo", Map.of("photo", "ann.png"), "session_id");

    assertThat(refusal("create_mesh", Map.of("session_id", session)))
        .isEqualTo(session + " has no layers yet; call generate_layers first.");
  }

  @Test
  void refusesASessionThatWasClosed() {
    String session = text("analyze_photo", Map.of("photo", "ann.png"), "session_id");
    answer("close_session", Map.of("session_id", session));

    assertThat(refusal("detect_face_features", Map.of("session_id", session)))
        .isEqualTo("There is no session " + session + "; open one with analyze_photo.");
  }

  @Test
  void refusesAPhotoOfAnotherKind() {
    assertThat(refusal("analyze_photo", Map.of("photo", "ann.pdf")))
        .isEqualTo("The photo must be a .png or .jpg file.");
  }

  @Test
  void endsWhenItsInputEndsAndPrintsNothingOfItsOwn() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(JAVA, "-jar", JAR)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.getOutputStream().close();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();
  }

  private String text(String tool, Map<String, Object> arguments, String member) {
    return String.valueOf(answer(tool, arguments).get(member));
  }

  private Map<String, Object> answer(String tool, Map<String, Object> arguments) {
    CallToolResult result = call(tool, arguments);
    assertThat(result.isError()).as(String.valueOf(result.content())).isFalse();
    return McpJsonDefaults.getMapper().convertValue(result.structuredContent(), new TypeRef<>() {});
  }

  private String refusal(String tool, Map<String, Object> arguments) {
    CallToolResult result = call(tool, arguments);
    assertThat(result.isError()).isTrue();
    return ((TextContent) result.content().getFirst()).text();
  }

  private CallToolResult call(String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }
}
