//! Says whether a program that is linked as the packages' can unwind: scripts/build-dist runs it. A panic that ended the
//! agent, where the line should catch it, would be found too late.

fn main() {
    let deep = std::panic::catch_unwind(|| {
        let words: Vec<String> = ["one", "two"].map(String::from).to_vec();
        std::thread::spawn(move || words.iter().map(|word| word.parse::<u8>().expect("a number")).sum::<u8>()).join()
    });
    assert!(deep.expect("the thread alone panicked").is_err());
    std::panic::catch_unwind(|| panic!("caught")).expect_err("a panic is caught");
    println!("unwinds");
}
