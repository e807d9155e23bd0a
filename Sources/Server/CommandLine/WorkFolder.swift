internal import OperatingSystem
internal import Protocol

/// A folder to work in that an option names.
package enum WorkFolder {
  /// Its absolute path, without links.
  ///
  /// - Throws: ``Failure/Reason/failed`` when there is no such folder, or nobody lets us in.
  package static func path(_ written: String, option: String) throws(Failure) -> String {
    do throws(SystemError) {
      let path = try SystemPath.real(Array(written.utf8)).get()
      _ = try OpenFolder(path: path)
      return String(decoding: path, as: UTF8.self)
    } catch {
      throw .failed(
        "\(option) '\(written)' cannot be worked in: \(error.text)",
        FailureData(kind: .toolFailed, hint: "name a folder that is there"))
    }
  }
}
