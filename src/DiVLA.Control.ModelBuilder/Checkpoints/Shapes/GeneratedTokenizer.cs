using System.Text;
using System.Text.Json;
using DiVLA.Control.Policy.Tokenizer;

namespace DiVLA.Control.ModelBuilder.Checkpoints.Shapes;

/// <summary>A byte-level tokenizer of the published size without the published words: every byte, a few words of chats and tables, syllables for the rest.</summary>
/// <remarks>Prompts come out about as long as with the published one, and every token that a policy may say has a text.</remarks>
internal sealed class GeneratedTokenizer
{
    // Qwen2's special tokens, in the order of their ids; the picture's is where the configuration says.
    private static readonly string[] _special =
    [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>", "<|box_end|>", "<|quad_start|>",
        "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>", "<|video_pad|>",
    ];

    private const int ImagePad = 12;

    // Words behind a space come first: a merge that comes first is made first, so that no word falls apart into another's pieces.
    private const string Words =
        " are a helpful assistant put the red cube in left bin right blue green yellow orange purple ball cylinder block cup bowl plate towel into on of and pick up place "
        + "place move open close grasp lift drawer table box tray next to from all items sort it now reaching target front back near far";

    private static readonly string[] _firstWords = ["You", "user", "system", "assistant", "put", "pick", "move", "open", "sort"];

    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<string[]> _merges = [];
    private readonly int _room;

    private GeneratedTokenizer(int room)
    {
        _room = room;
        foreach (var character in Bytes()) Add(character.ToString());
        foreach (var word in Words.Split(' ', StringSplitOptions.RemoveEmptyEntries)) AddWord(Space + word);
        foreach (var word in _firstWords) AddWord(word);
        for (var number = 0; _ids.Count < room; number++) Add(Space + Syllables(number));
    }

    /// <summary>Writes `tokenizer.json`.</summary>
    /// <param name="path">The file.</param>
    /// <param name="imageTokenId">Id of the token that stands for a picture; the other special tokens stand around it.</param>
    public static void Write(string path, int imageTokenId) => new GeneratedTokenizer(imageTokenId - ImagePad).Write(path);

    // What a space becomes.
    private static string Space => Bytes()[' '].ToString();

    // As GPT-2 has it: bytes that can be seen stand for themselves, the others for characters from U+0100 on.
    private static char[] Bytes()
    {
        var others = 0;
        return [.. Enumerable.Range(0, 256).Select(value => IsSeen(value) ? (char)value : (char)(256 + others++))];
    }

    private static bool IsSeen(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    // Letter by letter from the front.
    private void AddWord(string word)
    {
        for (var length = 2; length <= word.Length && _ids.Count < _room; length++)
            if (Add(word[..length])) _merges.Add([word[..(length - 1)], word[(length - 1)..length]]);
    }

    private bool Add(string token) => _ids.TryAdd(token, _ids.Count);

    private static string Syllables(int number)
    {
        const string Consonants = "bdfgklmnprstvz", Vowels = "aeiou";
        var text = new StringBuilder();
        do
        {
            text.Append(Consonants[number % Consonants.Length]);
            number /= Consonants.Length;
            text.Append(Vowels[number % Vowels.Length]);
            number /= Vowels.Length;
        }
        while (number > 0);
        return text.ToString();
    }

    private void Write(string path)
    {
        var split = new { type = "Split", pattern = new { Regex = ByteLevelTokenizer.Pattern }, behavior = "Isolated", invert = false };
        var bytes = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = false, use_regex = false };
        var file = new
        {
            version = "1.0",
            added_tokens = _special.Select((content, i) => new { id = _room + i, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }),
            normalizer = new { type = "NFC" },
            pre_tokenizer = new { type = "Sequence", pretokenizers = new object[] { split, bytes } },
            decoder = bytes,
            model = new { type = "BPE", vocab = _ids, merges = _merges },
        };
        using var stream = File.Create(path);
        JsonSerializer.Serialize(stream, file);
    }
}
