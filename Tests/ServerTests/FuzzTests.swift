import Foundation
import Fuzzing
import TestSupport
import Testing

extension FuzzTarget: CustomTestStringConvertible {
  package var testDescription: String { name }
}

/// A small share of what `Scripts/fuzz.sh` does: each kept input, and some that are made of them.
@Suite(.ownThread) struct `What anybody may have made` {
  private func corpus(_ target: FuzzTarget) throws -> [[UInt8]] {
    try Repository.files(under: "Tests/Fuzzing/Corpus/\(target.name)", endingWith: "").map { path in
      Array(try Data(contentsOf: Repository.root.appendingPathComponent(path)))
    }
  }

  @Test(arguments: FuzzTarget.all) func `is read or refused, and what must hold does`(target: FuzzTarget) throws {
    let corpus = try corpus(target)
    #expect(!corpus.isEmpty)
    let environment = ProcessInfo.processInfo.environment
    let seed = environment["FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    let count = environment["FUZZ_COUNT"].flatMap(Int.init) ?? 50
    var mutations = Mutations(RandomNumbers(seed: seed))
    for bytes in corpus + (0..<count).map({ _ in mutations.input(of: corpus) }) {
      do { try target.check(bytes) } catch {
        Issue.record("seed \(seed): \(error): \(Data(bytes).base64EncodedString())")
      }
    }
  }
}
