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
      dependencies: ["EMFiles", "CryoEM", "Refinement", "Runs", "Surface", "Console", "TOMLText"],
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

    // What the engine's rooms and the screens' share.
    .target(name: "TOMLText"),
    .target(name: "Processes"),
    .target(name: "Provenance", plugins: ["CommitPlugin"]),
    .plugin(name: "CommitPlugin", capability: .buildTool(), path: "Sources/CommitPlugin"),

    // The engine's rooms, lowest first.
    .target(name: "Fourier", dependencies: ["CFFTW"], swiftSettings: optimised),
    .target(
      name: "EMFiles", dependencies: ["CZlib"], swiftSettings: optimised),
    .target(name: "CryoEM", dependencies: ["EMFiles", "Fourier"], swiftSettings: optimised),
    .target(
      name: "Refinement",
      dependencies: ["CKernels", "CryoEM", "EMFiles", "Fourier", "TOMLText"],
      exclude: ["Job/PARAMETERS.md"], swiftSettings: optimised),
    .target(
      name: "Runs", dependencies: ["Refinement", "CryoEM", "EMFiles", "Processes", "Provenance"],
      exclude: ["DURABILITY.md"]),

    // The screens' rooms.
    .target(name: "Surface", dependencies: ["TOMLText"], swiftSettings: optimised),
    .target(name: "Terminal", dependencies: ["CNcurses", "Surface", "Processes"]),
    .target(
      name: "Console",
      dependencies: [
        "Terminal", "Surface", "Runs", "Refinement", "CryoEM", "EMFiles", "Processes",
        "TOMLText",
      ]),

    // Programs.
    .executableTarget(
      name: "fulcrum",
      dependencies: [
        "Console", "Terminal", "Surface", "Runs", "Refinement", "CryoEM", "EMFiles", "Processes",
        argumentParser,
      ]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "CFFTW", "CKernels", "Refinement", "CryoEM", "EMFiles", "Fourier", argumentParser,
      ]),

    .testTarget(name: "TOMLTextTests", dependencies: ["TOMLText"]),
    .testTarget(name: "FourierTests", dependencies: ["Fourier"]),
    .testTarget(name: "EMFilesTests", dependencies: ["EMFiles", "CZlib"]),
    .testTarget(
      name: "CryoEMTests", dependencies: ["CryoEM", "EMFiles", "Fourier"],
      resources: [.copy("Fixtures")], swiftSettings: optimised),
    .testTarget(
      name: "RefinementTests",
      dependencies: ["Refinement", "CryoEM", "EMFiles", "Fourier", "CKernels"],
      swiftSettings: optimised),
    .testTarget(name: "RunsTests", dependencies: ["Runs", "Refinement", "CryoEM", "EMFiles"]),
    .testTarget(name: "SurfaceTests", dependencies: ["Surface"], resources: [.copy("Golden")]),
    .testTarget(
      name: "ConsoleTests",
      dependencies: ["Console", "Terminal", "Surface", "Runs", "Refinement", "CryoEM", "EMFiles"],
      resources: [.copy("Golden")]),
    .testTarget(
      name: "CommandTests",
      dependencies: ["fulcrum", "Runs", "CryoEM", "EMFiles", "Refinement", "Processes"]),
  ] + fuzzing,
  swiftLanguageModes: [.v6]
)
