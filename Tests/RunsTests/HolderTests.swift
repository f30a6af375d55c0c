import EMFiles
import Glibc
import Testing

@testable import Runs

struct HolderTests {
  /// A lock file as another process would have left it.
  private func leave(_ holder: RunHolder, in temporary: TemporaryFolder) throws {
    try temporary.write(JSONFile.text(holder, pretty: false) + "\n", to: "lock")
  }

  @Test func theSecondIsToldWhoHoldsTheFolder() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let lock = try RunLock(folder)
    let problem = #expect(throws: Problem.self) { _ = try RunLock(folder) }
    #expect(problem?.what.contains("process \(getpid()) on \(ProcessFacts.host)") == true)
    #expect(lock.beat(notice: "no room"))
    #expect(folder.holder()?.notice == "no room")
    lock.release()
    #expect(folder.holder() == nil)
    try RunLock(folder).release()
    #expect(temporary.names("").isEmpty)
  }

  /// A process that is gone, and a process that got the number of one that is gone.
  @Test func theDeadLoseTheFolder() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    for (processID, start) in [(Int32(1 << 22) - 1, UInt64(0)), (getpid(), UInt64(1))] {
      var dead = RunHolder()
      (dead.processID, dead.processStart) = (processID, start)
      #expect(!dead.isAlive())
      try leave(dead, in: temporary)
      let lock = try RunLock(folder)
      #expect(folder.holder()?.processStart == ProcessFacts.start(of: getpid()))
      lock.release()
    }
    #expect(temporary.names("").isEmpty)
  }

  @Test func theHeartbeatTellsOfAnotherMachine() {
    var holder = RunHolder(at: 1000)
    holder.host = "elsewhere"
    #expect(holder.isAlive(at: 1100))
    #expect(!holder.isAlive(at: 1121))
    // The same name after a restart of the machine: its processes are not to be found here.
    var restarted = RunHolder(at: 1000)
    restarted.boot = "before"
    #expect(restarted.isAlive(at: 1001) && !restarted.isAlive(at: 1121))
  }

  /// Of many that find a dead holder at once, one gets the folder.
  @Test func oneOfManyTakesOver() async throws {
    for _ in 0..<20 {
      let temporary = try TemporaryFolder()
      let folder = RunFolder(temporary.path)
      var dead = RunHolder()
      dead.processStart = 1
      try leave(dead, in: temporary)
      let winners = await withTaskGroup(of: RunLock?.self) { group in
        for _ in 0..<8 { group.addTask { try? RunLock(folder) } }
        return await group.reduce(into: [RunLock]()) { if let lock = $1 { $0.append(lock) } }
      }
      #expect(winners.count == 1)
      #expect(winners.first?.beat(notice: nil) == true)
    }
  }

  @Test func whoeverLostTheFolderIsTold() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let lock = try RunLock(folder)
    unlink(folder.lockPath)
    let other = try RunLock(folder)
    #expect(!lock.beat(notice: nil))
    lock.release()
    #expect(other.beat(notice: nil), "the loser does not take the winner's lock away")
  }
}
