//! Asks the system to run this process as the batch job it is.
//!
//! A server on the same machine sends 8 KiB at a time. A process that waits for them is woken by each and takes
//! the server's place at once, 190,000 times for 1.5 GB; a batch job is not let in before somebody else waits or
//! has had its turn, and finds more at once (sched(7), SCHED_BATCH). Nothing else about its priority changes. It is
//! for who takes: a restore as a batch job lets the server wait for rows.

/// For this thread and those it starts from here on. Where the system knows no batch jobs, or does not let us,
/// all is as before.
#[cfg(target_os = "linux")]
pub fn run_as_batch() {
    use rustix::process::{getpriority_process, setpriority_process};
    use thread_priority::{
        NormalThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };
    let (Ok(nice), Ok(middle)) = (getpriority_process(None), ThreadPriorityValue::try_from(50)) else { return };
    if nice < 0 {
        // Somebody wants it to be quick, and what is taken from here may not come back.
        return;
    }
    let batch = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Batch);
    // The policy comes first; then the library sets the niceness to the middle, 0, or fails to.
    let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(middle), batch);
    let _ = setpriority_process(None, nice);
}

/// Not known here.
#[cfg(not(target_os = "linux"))]
pub fn run_as_batch() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::{fs, thread};

    /// Niceness and policy of this thread: fields 19 and 41 of proc_pid_stat(5).
    fn scheduling() -> (String, String) {
        let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
        let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
        (fields[16].to_string(), fields[38].to_string())
    }

    #[test]
    fn threads_become_batch_jobs_and_stay_as_nice_as_they_were() {
        const SCHED_BATCH: &str = "3";
        let (before, after, inherited) = thread::spawn(|| {
            let _ = rustix::process::setpriority_process(None, 7);
            let before = scheduling();
            super::run_as_batch();
            (before, scheduling(), thread::spawn(scheduling).join().unwrap())
        })
        .join()
        .unwrap();
        assert_eq!(after, (before.0, SCHED_BATCH.into()));
        assert_eq!(inherited, after);
    }
}
