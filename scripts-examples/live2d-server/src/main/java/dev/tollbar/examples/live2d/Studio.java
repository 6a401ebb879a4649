package dev.tollbar.examples.live2d;

import static dev.tollbar.examples.live2d.ModelSession.Step;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions and the work on them. A session goes from photo to parts, masks, layers, mesh, rig and
 * export; a step out of order is refused with the tool that is missing. One call at a time.
 */
final class Studio {

  private static final List<String> COARSE =
      List.of("hair_back", "body", "neck", "face", "eye_left", "eye_right", "mouth", "hair_front");
  private static final List<String> FINE =
      List.of(
          "hair_back",
          "body",
          "arm_left",
          "arm_right",
          "neck",
          "face",
          "ear_left",
          "ear_right",
          "brow_left",
          "brow_right",
          "eye_left",
          "eye_right",
          "nose",
          "mouth",
          "hair_side",
          "hair_front");
  private static final List<String> RIG_PARAMETERS =
      List.of(
          "ParamAngleX",
          "ParamAngleY",
          "ParamEyeLOpen",
          "ParamEyeROpen",
          "ParamMouthOpenY",
          "ParamBodyAngleX");
  private static final List<String> EDITOR_STEPS =
      List.of("import_psd", "apply_template", "review_by_a_person", "bake_textures", "save_cmo3");
  private static final int EDITOR_PAUSES_AFTER = 2;

  private final Map<String, ModelSession> sessions = new HashMap<>();
  private int opened;
  private int dispatched;

  synchronized Map<String, Object> analyzePhoto(Arguments in) {
    String photo = in.text("photo");
    String lower = photo.toLowerCase(Locale.ROOT);
    if (!lower.endsWith(".png") && !lower.endsWith(".jpg") && !lower.endsWith(".jpeg")) {
      throw new UnusableCallException("The photo must be a .png or .jpg file.");
    }
    opened++;
    ModelSession session = new ModelSession("session-%04d".formatted(opened), photo);
    sessions.put(session.id(), session);
    return answer(
        session,
        "photo",
        photo,
        "width",
        width(photo),
        "height",
        2 * width(photo),
        "style",
        "anime");
  }

  synchronized Map<String, Object> analyzeParts(Arguments in) {
    ModelSession session = session(in);
    session.parts(in.text("detail", "coarse").equals("fine") ? FINE : COARSE);
    session.did(Step.PARTS);
    return answer(session, "parts", session.parts());
  }

  synchronized Map<String, Object> detectFaceFeatures(Arguments in) {
    ModelSession session = session(in);
    session.did(Step.FACE);
    int width = width(session.photo());
    return answer(
        session,
        "eye_left",
        List.of(width * 2 / 5, width / 2),
        "eye_right",
        List.of(width * 3 / 5, width / 2),
        "nose",
        List.of(width / 2, width * 3 / 5),
        "mouth",
        List.of(width / 2, width * 7 / 10));
  }

  synchronized Map<String, Object> segmentParts(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.PARTS);
    List<String> named = in.texts("parts");
    for (String part : named) {
      if (!session.parts().contains(part)) {
        throw new UnusableCallException(
            "%s has no part %s; found: %s."
                .formatted(session.id(), part, String.join(", ", session.parts())));
      }
    }
    session.layers(named.isEmpty() ? session.parts() : named);
    session.did(Step.MASKS);
    return answer(session, "masks", session.layers().size());
  }

  synchronized Map<String, Object> generateLayers(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.MASKS);
    session.did(Step.LAYERS);
    return answer(session, "layers", session.layers());
  }

  synchronized Map<String, Object> createMesh(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.LAYERS);
    session.did(Step.MESH);
    int vertices = 40 * in.whole("density", 3) * session.layers().size();
    return answer(session, "vertices", vertices, "triangles", 2 * vertices - 4);
  }

  synchronized Map<String, Object> setupRigging(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.MESH);
    session.needs(Step.FACE);
    session.did(Step.RIG);
    return answer(session, "parameters", RIG_PARAMETERS);
  }

  synchronized Map<String, Object> configurePhysics(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.RIG);
    session.did(Step.PHYSICS);
    return answer(session, "gravity", in.number("gravity", 9.8), "wind", in.number("wind", 0));
  }

  synchronized Map<String, Object> generateMotions(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.RIG);
    session.did(Step.MOTIONS);
    return answer(
        session,
        "files",
        in.texts("motions").stream().map(motion -> motion + ".motion3.json").toList());
  }

  synchronized Map<String, Object> exportModel(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.RIG);
    session.did(Step.EXPORT);
    String folder = in.text("destination");
    return answer(
        session,
        "files",
        List.of(folder + "/model." + in.text("format", "moc3"), folder + "/model3.json"));
  }

  synchronized Map<String, Object> buildPsd(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.LAYERS);
    session.did(Step.PSD);
    return answer(
        session,
        "file",
        in.text("destination") + "/" + session.id() + ".psd",
        "layers",
        session.layers().size());
  }

  synchronized Map<String, Object> prepareAutomation(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.PSD);
    session.did(Step.PLAN);
    return answer(session, "steps", EDITOR_STEPS);
  }

  synchronized Map<String, Object> executeDispatch(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.PLAN);
    dispatched++;
    String dispatch = "dispatch-%04d".formatted(dispatched);
    session.pausedDispatch(Optional.of(dispatch));
    return answer(
        session,
        "dispatch_id",
        dispatch,
        "status",
        "paused",
        "done",
        EDITOR_STEPS.subList(0, EDITOR_PAUSES_AFTER),
        "waits_for",
        EDITOR_STEPS.get(EDITOR_PAUSES_AFTER));
  }

  synchronized Map<String, Object> resumeDispatch(Arguments in) {
    ModelSession session = session(in);
    String dispatch = in.text("dispatch_id");
    if (!session.pausedDispatch().equals(Optional.of(dispatch))) {
      throw new UnusableCallException("No run %s is paused.".formatted(dispatch));
    }
    session.pausedDispatch(Optional.empty());
    session.did(Step.EXPORT);
    return answer(session, "dispatch_id", dispatch, "status", "finished", "done", EDITOR_STEPS);
  }

  synchronized Map<String, Object> validateExport(Arguments in) {
    ModelSession session = session(in);
    session.needs(Step.EXPORT);
    List<String> missing =
        List.of(Step.PHYSICS, Step.MOTIONS).stream()
            .filter(step -> !session.has(step))
            .map(step -> step.name().toLowerCase(Locale.ROOT))
            .toList();
    return answer(session, "valid", true, "left_out", missing);
  }

  synchronized Map<String, Object> closeSession(Arguments in) {
    String id = in.text("session_id");
    boolean wasOpen = sessions.remove(id) != null;
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("session_id", id);
    answer.put("closed", true);
    answer.put("was_open", wasOpen);
    return answer;
  }

  synchronized Map<String, Object> fullPipeline(Arguments in) {
    Object id = analyzePhoto(in).get("session_id");
    Map<String, Object> values = new HashMap<>(in.values());
    values.put("session_id", String.valueOf(id));
    values.put("motions", List.of("idle", "blink"));
    Arguments each = new Arguments(values);
    analyzeParts(each);
    detectFaceFeatures(each);
    segmentParts(each);
    generateLayers(each);
    createMesh(each);
    setupRigging(each);
    configurePhysics(each);
    generateMotions(each);
    return exportModel(each);
  }

  private ModelSession session(Arguments in) {
    String id = in.text("session_id");
    ModelSession session = sessions.get(id);
    if (session == null) {
      throw new UnusableCallException(
          "There is no session %s; open one with analyze_photo.".formatted(id));
    }
    return session;
  }

  /** Made up, but the same for the same photo. */
  private static int width(String photo) {
    return 512 + 64 * Math.floorMod(photo.hashCode(), 8);
  }

  private static Map<String, Object> answer(ModelSession session, Object... members) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("session_id", session.id());
    for (int i = 0; i < members.length; i += 2) {
      answer.put(String.valueOf(members[i]), members[i + 1]);
    }
    return answer;
  }
}
