package import OperatingSystem

/// The user's AWS files as one: what both say about each profile.
///
/// Where they contradict each other the file `credentials` is right. They are read anew each time somebody asks, as
/// `aws configure` and `aws sso login` change them while this program runs.
package struct Profiles: Sendable, Hashable {
  /// The name of the profile that is meant.
  package var selectedName: String
  /// Whether somebody named it: then no other profile or source is meant where it is not there.
  package private(set) var isNamed: Bool
  /// The files that were read for it.
  package private(set) var searched: [String] = []
  /// What could not be read, for a person who finds that there are no credentials.
  package private(set) var notes: [String] = []
  private var profiles: [String: Profile] = [:]
  private var sessions: [String: Profile] = [:]
  private var services: [String: [String: String]] = [:]

  /// These profiles and single sign-on sessions.
  package init(selected: String, profiles: [Profile] = [], sessions: [Profile] = []) {
    selectedName = selected
    isNamed = selected != "default"
    for profile in profiles { self.profiles[profile.name] = profile }
    for session in sessions { self.sessions[session.name] = session }
  }

  /// What the two files say together; either may be missing.
  package init(selected: String, config: ProfileFile?, credentials: ProfileFile?) {
    selectedName = selected
    isNamed = selected != "default"
    take(config, .config)
    take(credentials, .credentials)
  }

  /// The user's files as they are now; `profile` is the one that is meant, if it was named explicitly.
  ///
  /// A file that is not there, or that this user may not read, says nothing: in a container the files of another user
  /// are no reason to do without the container's role.
  ///
  /// - Throws: ``CredentialsError`` of the kind `configuration` when a file is not written as it should be.
  package static func load(environment: ProcessEnvironment, files: FileSource, profile: String? = nil)
    throws(CredentialsError) -> Profiles
  {
    let locations = ProfileLocations(environment: environment)
    var profiles = Profiles(selected: profile ?? ProfileLocations.profileName(environment))
    profiles.isNamed = profile != nil || ProfileLocations.namesProfile(environment)
    profiles.searched = [locations.config, locations.credentials]
    for (path, kind) in [(locations.config, ProfileFile.Kind.config), (locations.credentials, .credentials)] {
      var bytes: [UInt8]?
      do { bytes = try files.read(path) } catch { profiles.notes.append(error.message) }
      guard let bytes else { continue }
      guard String(validating: bytes, as: UTF8.self) != nil else {
        profiles.notes.append("`\(path)` is left out: it is not UTF-8")
        continue
      }
      let file = try ProfileFile(bytes, kind: kind, path: path)
      profiles.notes += file.notes
      profiles.take(file, kind)
    }
    if let name = profiles.selected?["services"], profiles.services[name] == nil {
      throw CredentialsError(
        .configuration, "profile `\(profiles.selectedName)` names the section `[services \(name)]`, which is not there",
        hint: "add it to \(locations.config), or remove the line services")
    }
    return profiles
  }

  private mutating func take(_ file: ProfileFile?, _ kind: ProfileFile.Kind) {
    for (name, properties) in file?.sections ?? [:] {
      switch name.kind {
      case "profile": profiles[name.name, default: Profile(name: name.name)].take(properties, from: kind)
      case "sso-session": sessions[name.name, default: Profile(name: name.name)].take(properties, from: kind)
      case "services": services[name.name, default: [:]].merge(properties) { _, new in new }
      default: break
      }
    }
  }

  /// Whether there is no profile at all.
  package var isEmpty: Bool { profiles.isEmpty }

  /// The names of all profiles.
  package var names: [String] { profiles.keys.sorted() }

  /// The names of all single sign-on sessions, sorted.
  package var sessionNames: [String] { sessions.keys.sorted() }

  /// The profile of that name.
  package func profile(named name: String) -> Profile? { profiles[name] }

  /// The profile that is meant where none is named.
  package var selected: Profile? { profiles[selectedName] }

  /// Whether the selected profile says where credentials come from, rightly or not.
  package var selectedNamesCredentials: Bool {
    do throws(CredentialsError) { return try ProfileChain.resolve(self) != nil } catch { return true }
  }

  /// The single sign-on session of that name.
  package func session(named name: String) -> Profile? { sessions[name] }

  /// The region that the selected profile names.
  package var region: String? { selected?["region"] }

  /// The address that the selected profile's `services` section gives for a service, named as there: `sso_oidc`.
  package func serviceEndpoint(_ service: String) -> String? {
    guard let name = selected?["services"], let value = services[name]?[service] else { return nil }
    return ProfileFile.nested(in: value)["endpoint_url"].flatMap { $0.isEmpty ? nil : $0 }
  }
}
