/// The plug-in in C: plain functions around the calls of MPI that are needed, so that one program fits
/// any MPI. MPI_COMM_WORLD is an address in one and a number in another, and no header of either
/// reaches this program.
enum MPIPluginSource {
  /// What the plug-in and this program agree on; raised when a function changes.
  static let layout: Int32 = 2

  static let text = """
    #include <mpi.h>
    #include <stdlib.h>
    #include <string.h>
    int fulcrum_mpi_layout(void) { return \(layout); }
    int fulcrum_mpi_begin(void) { int l; return MPI_Init_thread(0, 0, MPI_THREAD_FUNNELED, &l); }
    int fulcrum_mpi_rank(void) { int r = 0; MPI_Comm_rank(MPI_COMM_WORLD, &r); return r; }
    int fulcrum_mpi_count(void) { int n = 1; MPI_Comm_size(MPI_COMM_WORLD, &n); return n; }
    void *fulcrum_mpi_send(void *from, int bytes, int to, int tag) {
      MPI_Request *r = malloc(sizeof *r);
      MPI_Isend(from, bytes, MPI_BYTE, to, tag, MPI_COMM_WORLD, r);
      return r;
    }
    void *fulcrum_mpi_receive(void *to, int bytes, int from, int tag) {
      MPI_Request *r = malloc(sizeof *r);
      MPI_Irecv(to, bytes, MPI_BYTE, from, tag, MPI_COMM_WORLD, r);
      return r;
    }
    int fulcrum_mpi_is_done(void *request) {
      int done = 0;
      MPI_Test((MPI_Request *)request, &done, MPI_STATUS_IGNORE);
      if (done) free(request);
      return done;
    }
    int fulcrum_mpi_waiting(int *from, int tag) {
      int is = 0, bytes = 0;
      MPI_Status s;
      MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, &is, &s);
      if (!is) return -1;
      MPI_Get_count(&s, MPI_BYTE, &bytes);
      *from = s.MPI_SOURCE;
      return bytes;
    }
    const char *fulcrum_mpi_library(void) {
      static char name[MPI_MAX_LIBRARY_VERSION_STRING];
      int length;
      MPI_Get_library_version(name, &length);
      name[strcspn(name, "\\n,")] = 0;
      return name;
    }
    void fulcrum_mpi_end(void) { MPI_Finalize(); }

    """
}
