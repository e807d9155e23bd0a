internal import CSystem

/// How many descriptors this process may have.
package enum DescriptorLimit {
  /// Takes as many as the system allows, and keeps some back for what lies below this program.
  ///
  /// For the first thread, before there are others. Programs that are started get what this one was started with.
  package static func prepare() { csystem_limit_prepare() }

  /// How many there may be; `Int32.max` when nothing was prepared.
  package static var most: Int { Int(csystem_limit_most()) }

  /// How many are kept back; `Int32.max` when nothing was prepared.
  package static var kept: Int { Int(csystem_limit_kept()) }
}
