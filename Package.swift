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

/// A release build carries the Swift runtime in itself: it starts in half the time, and one file is the whole product.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))
]

let package = Package(
  name: "wyn360",
  platforms: [.macOS(.v26)],
  products: [.executable(name: "wyn360", targets: ["wyn360"])],
  targets: [
    .target(
      name: "Protocol", swiftSettings: strict, linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "CPlatform", path: "Sources/Providers/CPlatform"),
    .target(
      name: "Providers", dependencies: ["Protocol", "CPlatform"], exclude: ["CPlatform"],
      swiftSettings: strict),
    .target(
      name: "Server", dependencies: ["Protocol", "Providers", "CPlatform"], exclude: ["Main"], swiftSettings: strict),
    .executableTarget(
      name: "wyn360", dependencies: ["Server", "CPlatform"], path: "Sources/Server/Main", swiftSettings: strict,
      linkerSettings: standalone),
    .target(
      name: "TestSupport", dependencies: ["Protocol", "Providers", "Server", "CPlatform"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(name: "ProtocolTests", dependencies: ["Protocol", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ProvidersTests", dependencies: ["Providers", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ServerTests", dependencies: ["Server", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ProcessTests", dependencies: ["wyn360", "Server", "TestSupport"], exclude: ["Transcripts"],
      swiftSettings: strict),
    .testTarget(name: "RepositoryTests", dependencies: ["Server", "TestSupport"], swiftSettings: strict),
  ]
)
