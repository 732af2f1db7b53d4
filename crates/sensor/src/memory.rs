//! Memory that nobody uses any more. It stands here because no other crate may call what no safe interface offers.

/// Gives back to the machine what is free in this process; the C library keeps it for the next time otherwise. That
/// takes milliseconds when it is much.
#[cfg_attr(target_env = "gnu", allow(unsafe_code))]
pub fn give_back_memory() {
    #[cfg(target_env = "gnu")]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: any thread may call it at any time; it touches nothing that is in use.
        unsafe {
            malloc_trim(0);
        }
    }
}
