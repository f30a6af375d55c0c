// swift-tools-version: 6.2
import PackageDescription

/// Engine targets are optimised in debug builds too: an unoptimised refinement is some hundred times
/// slower, and the tests refine; so is what draws, of which the tests draw thousands of screens.
let optimised: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// The fuzzer of the readers, which needs an instrumented build: Sources/Fuzz says how.
let fuzzing: [Target] =
  Context.environment["FULCRUM_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Console", "CryoEM", "EMFiles", "Ground", "Jobs", "Particles", "Phantoms", "Refinement",
        "Runs", "Surface", "TOMLText",
      ],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "fulcrum",
  products: [.executable(name: "fulcrum", targets: ["fulcrum"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // C, the smallest possible: inner loops and shims.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "CFFTW", linkerSettings: [.linkedLibrary("fftw3f")]),
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),

    // What all rooms stand on.
    .target(name: "Ground", swiftSettings: optimised),
    .target(name: "Images", dependencies: ["CZlib"], swiftSettings: optimised),
    .target(name: "TOMLText"),
    .target(name: "Expressions", dependencies: ["Ground"], swiftSettings: optimised),
    .target(name: "Ranks", dependencies: ["Ground"], swiftSettings: optimised),
    .target(name: "Provenance", plugins: ["CommitPlugin"]),
    .plugin(name: "CommitPlugin", capability: .buildTool(), path: "Sources/CommitPlugin"),

    // The engine's rooms, lowest first.
    .target(name: "Fourier", dependencies: ["CFFTW", "Ground"], swiftSettings: optimised),
    .target(
      name: "EMFiles", dependencies: ["CZlib", "Ground"], swiftSettings: optimised),
    .target(name: "CryoEM", dependencies: ["Fourier", "Ground"], swiftSettings: optimised),
    .target(
      name: "Particles", dependencies: ["CryoEM", "EMFiles", "Ground"], swiftSettings: optimised),
    .target(
      name: "Refinement",
      dependencies: ["CKernels", "CryoEM", "Fourier", "Ground", "Particles", "Ranks"],
      swiftSettings: optimised),
    .target(
      name: "Motion", dependencies: ["CryoEM", "Ground", "Refinement"], swiftSettings: optimised),
    .target(
      name: "Jobs",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Particles", "Refinement", "TOMLText",
      ],
      exclude: ["PARAMETERS.md"], swiftSettings: optimised),
    .target(
      name: "Phantoms",
      dependencies: ["CryoEM", "EMFiles", "Fourier", "Ground", "Jobs", "Particles", "Refinement"],
      swiftSettings: optimised),
    .target(name: "Report", dependencies: ["CryoEM", "Ground", "Jobs", "Refinement"]),
    .target(
      name: "Runs",
      dependencies: [
        "CryoEM", "EMFiles", "Expressions", "Ground", "Jobs", "Motion", "Particles", "Provenance",
        "Ranks", "Refinement", "Report", "TOMLText",
      ],
      exclude: ["DURABILITY.md"]),

    .target(
      name: "Tools",
      dependencies: [
        "CryoEM", "EMFiles", "Expressions", "Fourier", "Ground", "Jobs", "Motion", "Particles",
        "Refinement", "Runs", "TOMLText",
      ],
      swiftSettings: optimised),

    .target(name: "Viewing", dependencies: ["CryoEM", "Images"], swiftSettings: optimised),

    // The screens' rooms.
    .target(
      name: "Surface", dependencies: ["Ground", "Images", "TOMLText"], swiftSettings: optimised),
    .target(
      name: "Pages",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Images", "Jobs", "Refinement", "Report", "Runs", "Surface",
        "Viewing",
      ]),
    .target(name: "Terminal", dependencies: ["CNcurses", "Ground", "Images", "Surface"]),
    .target(
      name: "Console",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Images", "Jobs", "Motion", "Pages", "Particles",
        "Refinement", "Report", "Runs", "Surface", "Terminal", "TOMLText", "Tools", "Viewing",
      ]),

    // Programs.
    .executableTarget(
      name: "fulcrum",
      dependencies: [
        "Console", "CryoEM", "Ground", "Jobs", "Motion", "Pages", "Particles", "Phantoms", "Ranks",
        "Refinement", "Report", "Runs",
        "Surface", "Terminal", "Tools", "Viewing", argumentParser,
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CFFTW", "CKernels", "CryoEM", "Fourier", "Ground", "Jobs", "Particles", "Phantoms",
        "Refinement", "Runs", argumentParser,
      ]),

    // What tests share, and the tests of each room.
    .target(
      name: "TestSupport",
      dependencies: ["CryoEM", "Ground", "Particles", "Phantoms", "Ranks", "Refinement"],
      path: "Tests/TestSupport",
      swiftSettings: optimised),
    .testTarget(name: "GroundTests", dependencies: ["Ground", "TestSupport"]),
    .testTarget(name: "RanksTests", dependencies: ["Ground", "Ranks", "TestSupport"]),
    .testTarget(name: "TOMLTextTests", dependencies: ["TOMLText"]),
    .testTarget(name: "FourierTests", dependencies: ["Fourier"]),
    .testTarget(name: "EMFilesTests", dependencies: ["CZlib", "EMFiles", "Ground", "TestSupport"]),
    .testTarget(
      name: "CryoEMTests",
      dependencies: ["CryoEM", "Fourier", "Ground", "Phantoms", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: optimised),
    .testTarget(
      name: "ParticlesTests",
      dependencies: ["CryoEM", "EMFiles", "Ground", "Particles", "TestSupport"]),
    .testTarget(
      name: "RefinementTests",
      dependencies: [
        "CKernels", "CryoEM", "EMFiles", "Fourier", "Ground", "Particles", "Phantoms",
        "Ranks", "Refinement", "TestSupport",
      ],
      swiftSettings: optimised),
    .testTarget(
      name: "MotionTests", dependencies: ["CryoEM", "Ground", "Motion"], swiftSettings: optimised),
    .testTarget(
      name: "JobsTests",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Jobs", "Phantoms", "Refinement", "TestSupport",
      ],
      swiftSettings: optimised),
    .testTarget(
      name: "PhantomsTests",
      dependencies: ["CryoEM", "Fourier", "Ground", "Phantoms", "Refinement", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: optimised),
    .testTarget(
      name: "ReportTests", dependencies: ["CryoEM", "Ground", "Jobs", "Refinement", "Report"]),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Jobs", "Refinement", "Report", "Runs", "TOMLText",
        "TestSupport",
      ]),
    .testTarget(
      name: "ToolsTests",
      dependencies: [
        "CryoEM", "EMFiles", "Ground", "Jobs", "Particles", "Phantoms", "TOMLText", "TestSupport",
        "Tools",
      ]),
    .testTarget(name: "ImagesTests", dependencies: ["CZlib", "Images"]),
    .testTarget(name: "ViewingTests", dependencies: ["CryoEM", "Images", "Viewing"]),
    .testTarget(
      name: "SurfaceTests", dependencies: ["Images", "Surface"], resources: [.copy("Golden")]),
    .testTarget(name: "TerminalTests", dependencies: ["Images", "Surface", "Terminal"]),
    .testTarget(name: "PagesTests", dependencies: ["Images", "Pages"]),
    .testTarget(
      name: "ConsoleTests",
      dependencies: [
        "Console", "CryoEM", "EMFiles", "Ground", "Images", "Jobs", "Motion", "Refinement",
        "Report", "Runs", "Surface", "Terminal", "TestSupport", "Tools", "Viewing",
      ],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Console", "CryoEM", "EMFiles", "Ground", "Jobs", "Particles", "Phantoms", "Refinement",
        "Report", "Runs", "Tools", "fulcrum", argumentParser,
      ]),
  ] + fuzzing,
  swiftLanguageModes: [.v6]
)
