// Command logcheck holds a tile log and its proofs against the Go team's sumdb packages.
// usage: logcheck VKEY LOGDIR PROOFS.json CHECKPOINT...
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(ok bool, format string, a ...any) {
	if !ok {
		fmt.Fprintf(os.Stderr, "REFUSED: "+format+"\n", a...)
		os.Exit(1)
	}
}

func must(err error, what string) { check(err == nil, "%s: %v", what, err) }

// proofs are those our program made: one a record of the largest tree, one a pair of checkpoints.
type proofs struct {
	Records []tlog.RecordProof
	Pairs   []struct {
		Old, New int64
		Proof    tlog.TreeProof
	}
}

// bundle reads entry bundle n of a tree of the given size; the full file stands in for a partial one.
func bundle(dir string, n, size int64) []byte {
	name := fmt.Sprintf("%03d", n%1000)
	for r := n / 1000; r > 0; r /= 1000 {
		name = fmt.Sprintf("x%03d/%s", r%1000, name)
	}
	full := filepath.Join(dir, "tile/entries", name)
	if width := size - n*256; width < 256 {
		if data, err := os.ReadFile(full + ".p/" + strconv.FormatInt(width, 10)); err == nil {
			return data
		}
	}
	data, err := os.ReadFile(full)
	must(err, "entries")
	return data
}

func main() {
	check(len(os.Args) > 4, "usage: logcheck VKEY LOGDIR PROOFS CHECKPOINT...")
	dir := os.Args[2]
	verifier, err := note.NewVerifier(os.Args[1])
	must(err, "verifier key")
	text, err := os.ReadFile(os.Args[3])
	must(err, "proofs")
	var given proofs
	must(json.Unmarshal(text, &given), "proofs")

	var largest int64
	roots := map[int64]tlog.Hash{}
	for _, file := range os.Args[4:] {
		msg, err := os.ReadFile(file)
		must(err, file)
		opened, err := note.Open(msg, note.VerifierList(verifier))
		must(err, file)
		lines := strings.Split(opened.Text, "\n")
		check(len(lines) >= 4 && lines[0] == verifier.Name(), "%s: wrong origin", file)
		size, err := strconv.ParseInt(lines[1], 10, 64)
		check(err == nil && strconv.FormatInt(size, 10) == lines[1], "%s: bad size", file)
		hash, err := base64.StdEncoding.DecodeString(lines[2])
		check(err == nil && len(hash) == tlog.HashSize, "%s: bad root", file)
		var root tlog.Hash
		copy(root[:], hash)
		roots[size] = root
		if size > largest {
			largest = size
		}
	}

	var hashes, leaves []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, x := range indexes {
			out[i] = hashes[x]
		}
		return out, nil
	})
	for i := int64(0); i < largest; {
		data := bundle(dir, i/256, largest)
		for end := min(largest, (i/256+1)*256); i < end; i++ {
			check(len(data) >= 2, "bundle %d ends early", i/256)
			n := 2 + int(binary.BigEndian.Uint16(data))
			check(len(data) >= n, "entry %d ends early", i)
			stored, err := tlog.StoredHashes(i, data[2:n], reader)
			must(err, "entries")
			hashes = append(hashes, stored...)
			leaves = append(leaves, tlog.RecordHash(data[2:n]))
			data = data[n:]
		}
	}

	for n, root := range roots {
		if n == 0 {
			continue
		}
		found, err := tlog.TreeHash(n, reader)
		must(err, "tree")
		check(found == root, "root of size %d differs from the entries", n)
	}
	check(int64(len(given.Records)) == largest, "%d record proofs for %d records", len(given.Records), largest)
	for i, proof := range given.Records {
		must(tlog.CheckRecord(proof, largest, roots[largest], int64(i), leaves[i]), "record")
		own, err := tlog.ProveRecord(largest, int64(i), reader)
		must(err, "record")
		check(fmt.Sprint(own) == fmt.Sprint(proof), "record %d: the proofs differ", i)
	}
	for _, pair := range given.Pairs {
		must(tlog.CheckTree(pair.Proof, pair.New, roots[pair.New], pair.Old, roots[pair.Old]), "pair")
	}
	fmt.Println("OK", len(roots), "checkpoints", len(given.Records), "records", len(given.Pairs), "pairs")
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
