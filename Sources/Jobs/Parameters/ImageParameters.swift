import Refinement

/// What is done to the images.
public struct ImageParameters: ParameterGroup {
  public let windowInner: ParameterKey<Double> = .init(
    "image.window_inner", "Window inner radius", unit: "fraction of half box",
    .number(.init(from: 0, to: 1)), default: 0.85,
    derived: DefaultRule("well inside the outer radius") { job, _ in
      guard let outer = job.valueIfSet(Parameter.image.windowOuter), outer < 0.95 else {
        return nil
      }
      return (max(outer / 2, outer - 0.1), "a tenth inside the outer radius")
    }, .image, advanced: true, to: .settings(\.windowInner),
    cryosparc: "Window inner radius", relion: "Mask diameter (--particle_diameter)",
    help: """
      Images are used as they are up to this radius and fade out to the outer one. Make it smaller \
      when neighbouring particles come close, but never smaller than the particle.
      """)

  public let windowOuter: ParameterKey<Double> = .init(
    "image.window_outer", "Window outer radius", unit: "fraction of half box",
    .number(.init(to: 1, above: 0)), default: 0.99,
    derived: DefaultRule("around the mask and the inner radius") { job, data in
      if let inner = job.valueIfSet(Parameter.image.windowInner), inner >= 0.99, inner < 1 {
        return (1, "beyond the inner radius")
      }
      guard let data, let radius = data.maskRadius, radius > 0.99 * data.halfBox,
        radius < data.halfBox
      else {
        return nil
      }
      return (1, "the mask fills the box")
    }, .image, advanced: true, to: .settings(\.windowOuter),
    cryosparc: "Window outer radius", relion: "Mask diameter (--particle_diameter)",
    cistem: "Outer Mask Radius (Å)",
    help: """
      Images are zero from this radius on. It must be larger than the inner radius; the wider the \
      fade, the fewer artefacts at the edge.
      """)

  public let normalize: ParameterKey<Bool> = .init(
    "image.normalize", "Normalise images", .toggle, default: true, .image, advanced: true,
    to: .settings(\.normalize),
    cryosparc: "Normalization of particle images (extraction)",
    relion: "relion_preprocess --norm (at extraction)",
    help: """
      Brings each image to the same deviation of its background, the part outside the inner radius of \
      the window, where a sample of the images shows that those deviations differ. Images that were \
      normalised stay as they are, and the log says what was found. Turn it off for images whose \
      corners hold something else than noise.
      """)

  public let particleScales: ParameterKey<Bool> = .init(
    "image.particle_scales", "Use per-particle scales of the input", .toggle, default: true, .image,
    advanced: true, to: .settings(\.useScales), cryosparc: "alignments3D/alpha",
    relion: "rlnCtfScalefactor (always used)",
    help: """
      Uses how strongly each particle shows in its image where a refinement with per-particle scales \
      has measured it (alignments3D/alpha), as a factor of its CTF. Turn it off where those scales \
      followed something else than the contrast, as they do for small masks.
      """)

  public let invert: ParameterKey<RefinementSettings.DataSign> = .init(
    "image.invert", "Data sign", .choice(of: RefinementSettings.DataSign.self), default: .auto,
    .image, advanced: true, to: .settings(\.dataSign), cryosparc: "blob/sign",
    relion: "Invert contrast at extraction",
    cistem: "Invert particle contrast",
    help: """
      Whether particles are brighter or darker than their surroundings. Auto measures it against the \
      map, for each optics group by itself, and says what it found. Set it only when that is wrong: \
      with the wrong sign the resolution falls in the first iteration.
      """)

  public let highpass: ParameterKey<Double> = .init(
    "image.highpass", "High-pass", unit: "Å", .number(.init(above: 0)), whenUnset: "none", .image,
    advanced: true, to: .settings(\.highpass), relion: "relion_image_handler --highpass",
    cistem: "Low-Resolution Limit (Å)",
    help: """
      Density coarser than this is left out of the alignment. Try 100 to 200 for images with strong \
      gradients or uneven ice.
      """)
}

/// How noise is modelled.
public struct NoiseParameters: ParameterGroup {
  public let model: ParameterKey<RefinementSettings.NoiseModel> = .init(
    "noise.model", "Noise model", .choice(of: RefinementSettings.NoiseModel.self),
    default: .symmetric, .image, advanced: true, to: .settings(\.noiseModel),
    cryosparc: "Noise model (white, symmetric, coloured)", relion: "Noise spectra per optics group",
    help: """
      Symmetric has one variance for each resolution shell, re-estimated in each iteration. White \
      has one for all, for simulated data. Coloured also knows directions, for images with stripes.
      """)
}

/// Which parts of the contrast transfer function are used.
public struct CTFParameters: ParameterGroup {
  public let correct: ParameterKey<Bool> = .init(
    "ctf.correct", "CTF correction", .toggle, default: true, .image, advanced: true,
    to: .settings(\.correctCTF),
    cryosparc: "Do CTF correction", relion: "Do CTF-correction (--ctf)",
    help: """
      Models each image with its contrast transfer function. Off only for images without one, such \
      as projections: real data lose nearly everything without it.
      """)

  public let tilt: ParameterKey<Bool> = .init(
    "ctf.tilt", "Use beam tilt", .toggle, default: true, .image, advanced: true,
    to: .settings(\.useTilt),
    cryosparc: "Tilt", relion: "rlnBeamTiltX/Y", onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      Uses the beam tilt of the input where it has one. Turn it off to see whether it was estimated \
      well: the map should get worse.
      """)

  public let trefoil: ParameterKey<Bool> = .init(
    "ctf.trefoil", "Use trefoil", .toggle, default: true, .image, advanced: true,
    to: .settings(\.useTrefoil),
    cryosparc: "Trefoil", relion: "rlnOddZernike", onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      Uses the three-fold astigmatism of the input where it has one. It matters beyond about 3 Å.
      """)

  public let spherical: ParameterKey<Bool> = .init(
    "ctf.spherical", "Use spherical aberration terms", .toggle, default: true, .image,
    advanced: true, to: .settings(\.useSpherical), cryosparc: "Spherical aberration",
    relion: "rlnEvenZernike",
    onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      Uses refined corrections of the spherical aberration where the input has them. The nominal \
      value of the microscope is always used.
      """)

  public let tetrafoil: ParameterKey<Bool> = .init(
    "ctf.tetrafoil", "Use tetrafoil", .toggle, default: true, .image, advanced: true,
    to: .settings(\.useTetrafoil),
    cryosparc: "Tetrafoil", relion: "rlnEvenZernike", onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      Uses the four-fold astigmatism of the input where it has one. It matters beyond about 3 Å.
      """)

  public let anisotropicMagnification: ParameterKey<Bool> = .init(
    "ctf.anisotropic_magnification", "Use anisotropic magnification", .toggle,
    default: true, .image, advanced: true, to: .settings(\.useAnisotropicMagnification),
    cryosparc: "Anisotropic magnification",
    relion: "rlnMagMat00 to 11", onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      Uses the magnification matrix of the input where it has one. cryoSPARC files may hold it with \
      or without the identity; the log says which was assumed.
      """)

  public let bodyDefocus: ParameterKey<RefinementSettings.BodyDefocusMode> = .init(
    "ctf.body_defocus", "Defocus of the body's own height",
    .choice(of: RefinementSettings.BodyDefocusMode.self), default: .auto, .image, advanced: true,
    to: .settings(\.bodyDefocus), onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      A body far from the centre is nearer to focus or farther from it than the particle, in each view \
      by another height. Auto finds in the images whether to take the height off (on) or, for data of \
      the other hand, to put it on (inverted), once the resolution shows it, and says what it found.
      """)

  public let refineDefocus: ParameterKey<Bool> = .init(
    "ctf.refine_defocus", "Refine each particle's defocus", .toggle, default: false, .image,
    advanced: true, to: .settings(\.refineDefocus),
    cryosparc: "Optimize per-particle defocus", relion: "Fit defocus? (CTF refinement)",
    onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      After each search the defocus of every image is measured at its new pose, with what the body \
      shows of it, once the resolution tells (finer than about 6 Å). Astigmatism stays. The particles \
      are written with what was found. It takes up to a third more time.
      """)

  public let defocusDeviation: ParameterKey<Double> = .init(
    "ctf.defocus_sd", "Standard deviation of prior over defocus", unit: "Å",
    .number(.init(to: 10_000, above: 0)), default: 200, .image, advanced: true,
    to: .settings(\.defocusDeviation), onlyWhen: { Parameter.ctf.refineDefocus.is(true) },
    help: """
      How far the defocus of single particles is from what the input states, about one standard \
      deviation: 100 to 300 Å where it was estimated from whole micrographs. Changes of more than four \
      of them are not looked for.
      """)
}

/// The last reconstruction.
public struct ReconstructionParameters: ParameterGroup {
  public let ewald: ParameterKey<RefinementSettings.EwaldMode> = .init(
    "reconstruction.ewald", "Ewald sphere in the last reconstruction",
    .choice(of: RefinementSettings.EwaldMode.self), default: .auto, .image, advanced: true,
    to: .settings(\.ewald), relion: "Correct for Ewald-sphere curvature? (--ewald)",
    onlyWhen: { Parameter.ctf.correct.is(true) },
    help: """
      A thick body is not at one defocus from top to bottom: finer than about 3 Å its far parts fade. \
      On and inverted are the two hands of the data, as ctf.body_defocus has them; auto takes the hand \
      that was found there, where it is worth it. It makes the last reconstruction slower.
      """)
}
