Console.WriteLine("serval");
