/// What is done to the images.
let imageParameters: [Parameter] = [
  Parameter(
    "image.window_inner", "Window inner radius", unit: "fraction of half box",
    .number(.init(from: 0, to: 1)), default: .number(0.85), .image, advanced: true,
    cryosparc: "Window inner radius", relion: "Mask diameter (--particle_diameter)",
    help: """
      Images are used as they are up to this radius and fade out to the outer one. Make it smaller \
      when neighbouring particles come close, but never smaller than the particle.
      """),
  Parameter(
    "image.window_outer", "Window outer radius", unit: "fraction of half box",
    .number(.init(to: 1, above: 0)), default: .number(0.99), .image, advanced: true,
    cryosparc: "Window outer radius", relion: "Mask diameter (--particle_diameter)",
    help: """
      Images are zero from this radius on. It must be larger than the inner radius; the wider the \
      fade, the fewer artefacts at the edge.
      """),
  Parameter(
    "image.invert", "Data sign", .choice(["auto", "as_is", "inverted"]), default: .text("auto"),
    .image, advanced: true, cryosparc: "blob/sign", relion: "Invert contrast at extraction",
    help: """
      Whether particles are brighter or darker than their surroundings. Auto measures it against the \
      map and says what it found. Set it only when that is wrong: with the wrong sign the resolution \
      falls in the first iteration.
      """),
  Parameter(
    "image.highpass", "High-pass", unit: "Å", .number(.init(above: 0)), whenUnset: "none", .image,
    advanced: true, relion: "relion_image_handler --highpass",
    help: """
      Density coarser than this is left out of the alignment. Try 100 to 200 for images with strong \
      gradients or uneven ice.
      """),
  Parameter(
    "noise.model", "Noise model", .choice(["symmetric", "white", "coloured"]),
    default: .text("symmetric"), .image, advanced: true,
    cryosparc: "Noise model (white, symmetric, coloured)", relion: "Noise spectra per optics group",
    help: """
      Symmetric has one variance for each resolution shell, re-estimated in each iteration. White \
      has one for all, for simulated data. Coloured also knows directions, for images with stripes.
      """),
]

private let withCTF = Parameter.Condition(key: "ctf.correct", value: .toggle(true))

/// Which parts of the contrast transfer function are used.
let ctfParameters: [Parameter] = [
  Parameter(
    "ctf.correct", "CTF correction", .toggle, default: .toggle(true), .image, advanced: true,
    cryosparc: "Do CTF correction", relion: "Do CTF-correction (--ctf)",
    help: """
      Models each image with its contrast transfer function. Off only for images without one, such \
      as projections: real data lose nearly everything without it.
      """),
  Parameter(
    "ctf.tilt", "Use beam tilt", .toggle, default: .toggle(true), .image, advanced: true,
    cryosparc: "Tilt", relion: "rlnBeamTiltX/Y", onlyWhen: withCTF,
    help: """
      Uses the beam tilt of the input where it has one. Turn it off to see whether it was estimated \
      well: the map should get worse.
      """),
  Parameter(
    "ctf.trefoil", "Use trefoil", .toggle, default: .toggle(true), .image, advanced: true,
    cryosparc: "Trefoil", relion: "rlnOddZernike", onlyWhen: withCTF,
    help: """
      Uses the three-fold astigmatism of the input where it has one. It matters beyond about 3 Å.
      """),
  Parameter(
    "ctf.spherical", "Use spherical aberration terms", .toggle, default: .toggle(true), .image,
    advanced: true, cryosparc: "Spherical aberration", relion: "rlnEvenZernike",
    onlyWhen: withCTF,
    help: """
      Uses refined corrections of the spherical aberration where the input has them. The nominal \
      value of the microscope is always used.
      """),
  Parameter(
    "ctf.tetrafoil", "Use tetrafoil", .toggle, default: .toggle(true), .image, advanced: true,
    cryosparc: "Tetrafoil", relion: "rlnEvenZernike", onlyWhen: withCTF,
    help: """
      Uses the four-fold astigmatism of the input where it has one. It matters beyond about 3 Å.
      """),
  Parameter(
    "ctf.anisotropic_magnification", "Use anisotropic magnification", .toggle,
    default: .toggle(true), .image, advanced: true, cryosparc: "Anisotropic magnification",
    relion: "rlnMagMat00 to 11", onlyWhen: withCTF,
    help: """
      Uses the magnification matrix of the input where it has one. cryoSPARC files may hold it with \
      or without the identity; the log says which was assumed.
      """),
]
