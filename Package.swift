// swift-tools-version: 6.2
import PackageDescription

/// The settings every Swift target shares: no warning survives, no unsafe construct goes unmarked.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
]

/// `Scripts/install` has the runtimes of C++ and C linked in, too, by a folder that holds the former as an archive alone.
let staticRuntimes =
  Context.environment["WYN360_ARCHIVES"].map { ["-L\($0)", "-Xclang-linker", "-static-libgcc"] } ?? []

/// A release build carries the Swift runtime in itself: it starts in half the time, and one file is the whole product.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"] + staticRuntimes, .when(platforms: [.linux], configuration: .release))
]

/// The same script says which commit it is; a plain build does not know.
let commit: [CSetting] =
  Context.environment["WYN360_COMMIT"].map { [.define("WYN360_COMMIT", to: "\"\($0)\"")] } ?? []

/// The tests put whole spaces of texts, conversations and files through these, which unoptimized code takes twice the time for.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "wyn360",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "wyn360", targets: ["wyn360"])],
  targets: [
    .target(
      name: "Protocol", swiftSettings: strict + optimized,
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    // The folder is called System; a module of that name would clash with Apple's own on macOS.
    .target(
      name: "CSystem", path: "Sources/Providers/System/CSystem", cSettings: commit,
      linkerSettings: [.linkedLibrary("iconv", .when(platforms: [.macOS]))]),
    .target(
      name: "OperatingSystem", dependencies: ["CSystem"], path: "Sources/Providers/System", exclude: ["CSystem"],
      swiftSettings: strict),
    .target(name: "CCurl", dependencies: ["CSystem"], path: "Sources/Providers/HTTP/CCurl"),
    .target(
      name: "Providers", dependencies: ["Protocol", "OperatingSystem", "CCurl"], exclude: ["System", "HTTP/CCurl"],
      swiftSettings: strict + optimized),
    .target(
      name: "Server", dependencies: ["Protocol", "Providers", "OperatingSystem"], exclude: ["Main"],
      swiftSettings: strict + optimized),
    .executableTarget(
      name: "wyn360", dependencies: ["Server", "OperatingSystem"], path: "Sources/Server/Main", swiftSettings: strict,
      linkerSettings: standalone),
    .target(name: "CTestRun", path: "Tests/TestSupport/CTestRun"),
    .target(
      name: "TestSupport", dependencies: ["Protocol", "Providers", "Server", "OperatingSystem", "CSystem", "CTestRun"],
      path: "Tests/TestSupport", exclude: ["CTestRun"],
      swiftSettings: strict + optimized),
    .target(
      name: "Fuzzing", dependencies: ["Protocol", "Providers", "Server", "OperatingSystem"], path: "Tests/Fuzzing",
      exclude: ["Corpus"], swiftSettings: strict),
    .testTarget(name: "ProtocolTests", dependencies: ["Protocol", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SystemTests", dependencies: ["OperatingSystem", "CSystem", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ProvidersTests", dependencies: ["Providers", "OperatingSystem", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ServerTests", dependencies: ["Server", "OperatingSystem", "TestSupport", "Fuzzing"], swiftSettings: strict),
    .testTarget(
      name: "ProcessTests", dependencies: ["wyn360", "Server", "OperatingSystem", "CSystem", "TestSupport"],
      exclude: ["Transcripts", "Screens"], swiftSettings: strict),
    .testTarget(name: "RepositoryTests", dependencies: ["Server", "TestSupport"], swiftSettings: strict),
  ]
)

/// The same targets under libFuzzer, which is the program itself then: only for `Scripts/fuzz.sh`.
if Context.environment["FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["Fuzzing", "Protocol"], path: "Tests/Fuzz", swiftSettings: strict,
      linkerSettings: [.unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]))
}
