import CryoEM
import Refinement

/// Soft limits of the change in pose.
public struct PriorParameters: ParameterGroup {
  public let enabled: ParameterKey<Bool> = .init(
    "prior.enabled", "Use pose/shift Gaussian prior", .toggle, default: false, .prior,
    to: .settings(\.priorEnabled), whileRunning: true,
    cryosparc: "Use pose/shift gaussian prior during alignment",
    relion: "Local angular searches (--sigma_ang)",
    help: """
      Makes poses less likely the further they are from their starting point, instead of equally \
      likely up to the search extent. Turn it on for small or noisy regions: it is the remedy for \
      particles that end at the search limit and for streaks in the map. A prior that is too narrow \
      leaves particles where they were.
      """)

  public let model: ParameterKey<RefinementSettings.PriorModel> = .init(
    "prior.model", "Prior's width", .choice(of: RefinementSettings.PriorModel.self),
    default: .learned, .prior, advanced: true, to: .settings(\.priorModel), whileRunning: true,
    onlyWhen: { Parameter.prior.enabled.is(true) },
    help: """
      Whether the deviations below are kept, or are only where the refinement starts: learned, it \
      finds after each iteration how far the body moves, about which axis and where the hinge is, \
      each half-set from its own images. Nobody knows the width before, and one wider than the motion \
      makes poses worse: keep it fixed only to compare with a program that does.
      """)

  public let rotationDeviation: ParameterKey<Double> = .init(
    "prior.rotation_sd", "Standard deviation of prior over rotation", unit: "degrees",
    .number(.init(to: 180, above: 0)), default: 15, .prior,
    to: .settings(\.priorRotation, as: radians), whileRunning: true,
    cryosparc: "Standard deviation (deg) of prior over rotation",
    relion: "Stddev on all three Euler angles (--sigma_ang)",
    onlyWhen: { Parameter.prior.enabled.is(true) },
    help: """
      The typical rotation that you expect of the body. About 20 for a body that swings freely, \
      about 3 to sharpen the detail of one that hardly moves. With prior.model = learned it is only \
      where the refinement starts.
      """)

  public let shiftDeviation: ParameterKey<Double> = .init(
    "prior.shift_sd", "Standard deviation of prior over shifts", unit: "Å",
    .number(.init(above: 0)), default: 7, .prior, to: .settings(\.priorShift), whileRunning: true,
    cryosparc: "Standard deviation (A) of prior over shifts",
    relion: "Stddev of the offsets (estimated)", onlyWhen: { Parameter.prior.enabled.is(true) },
    help: """
      The typical movement of the fulcrum in the image plane that you expect. About 10 for large \
      motion, about 2 to sharpen the detail of a body that hardly moves. With prior.model = learned it \
      is only where the refinement starts.
      """)
}

/// The point about which bodies turn.
public struct FulcrumParameters: ParameterGroup {
  public let location: ParameterKey<JobInputs.FulcrumLocation> = .init(
    "fulcrum.location", "Default fulcrum location", .choice(of: JobInputs.FulcrumLocation.self),
    default: .mask_center, .fulcrum, to: .inputs(\.fulcrumLocation), cryosparc: "Fulcrum location",
    relion: "Centre of mass of the body's mask (multi-body)",
    help: """
      The point of the map about which particles turn: the mask's centre of mass, or the centre of \
      the box as in a global refinement. A fulcrum far from the mask couples every rotation with a \
      large shift of the density, which then runs into the shift extent.
      """)

  public let coordinates: ParameterKey<Vector3> = .init(
    "fulcrum.coordinates", "Override fulcrum coordinates", unit: "voxels", .coordinates,
    whenUnset: "none (the default location)", .fulcrum, advanced: true, to: .inputs(\.fulcrumVoxel),
    cryosparc: "Override fulcrum coordinates (pix)", relion: "rlnBodyRotateRelativeTo (multi-body)",
    help: """
      The fulcrum as x,y,z in voxels counted from the corner of the map's box, as map viewers show the \
      grid index; fractions are allowed. Put it where the body is attached, at the hinge. It must \
      lie inside the box.
      """)
}
